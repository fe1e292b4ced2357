import Records

/// `.index`: where in the `.log` file batches begin, one of several; the sparse map from offset to position.
///
/// | bytes | entry |
/// |---|---|
/// | 4 | last offset of a batch, less the segment's base offset |
/// | 4 | position of that batch in the `.log` file |
///
/// Invariant: offsets and positions both ascend.
struct OffsetIndex: Sendable {
    static let entrySize = 8
    let baseOffset: Offset
    let file: IndexFile

    init(path: String, baseOffset: Offset, fileSystem: any FileSystem) {
        self.baseOffset = baseOffset
        file = IndexFile(path: path, entrySize: Self.entrySize, fileSystem: fileSystem)
    }

    struct Entry: Sendable, Hashable {
        var offset: Offset
        var position: Int
    }

    /// The last entry whose offset is `offset` or less; the segment's start where there is none.
    func lookup(_ offset: Offset) throws(FileSystemError) -> Entry {
        let relative = offset - baseOffset
        let count = try file.partitionPoint { Int64($0.loadBigEndian(at: 0, as: Int32.self)) <= relative }
        return try entry(count - 1) ?? Entry(offset: baseOffset, position: 0)
    }

    /// An offset that no batch before `position` reaches; nil where the index says nothing of what lies behind.
    func endBound(of position: Int) throws(FileSystemError) -> Offset? {
        let index = try file.partitionPoint { Int($0.loadBigEndian(at: 4, as: Int32.self)) < position }
        return try entry(index)?.offset
    }

    func last() throws(FileSystemError) -> Entry? { try entry(try file.count() - 1) }

    func entry(_ index: Int) throws(FileSystemError) -> Entry? {
        try file.entry(at: index) {
            Entry(
                offset: baseOffset + Int64($0.loadBigEndian(at: 0, as: Int32.self)),
                position: Int($0.loadBigEndian(at: 4, as: Int32.self))
            )
        }
    }

    /// `offset` must have a relative offset within ``relativeRange`` and follow the last entry's.
    func append(_ offset: Offset, position: Int) {
        file.append { entry in
            entry.storeBigEndian(Int32(truncatingIfNeeded: offset - baseOffset), at: 0)
            entry.storeBigEndian(Int32(truncatingIfNeeded: position), at: 4)
        }
    }

    /// Removes the entries of batches whose last offset is `offset` or more.
    func truncate(to offset: Offset) throws(FileSystemError) {
        let relative = offset - baseOffset
        try file.truncate(to: try file.partitionPoint { Int64($0.loadBigEndian(at: 0, as: Int32.self)) < relative })
    }
}
