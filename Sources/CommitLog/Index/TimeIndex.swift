import Records

/// A point of a log by time: the largest timestamp until a batch, and that batch's last offset.
struct TimestampOffset: Sendable, Hashable {
    var timestamp: Timestamp
    var offset: Offset
}

/// `.timeindex`: the largest timestamp so far, at some of the batches; the sparse map from time to offset.
///
/// | bytes | entry |
/// |---|---|
/// | 8 | largest timestamp of the segment until here |
/// | 4 | last offset of the batch that holds it, less the segment's base offset |
///
/// Invariant: timestamps ascend, offsets never descend. A complete segment's last entry is its largest timestamp.
struct TimeIndex: Sendable {
    static let entrySize = 12
    let baseOffset: Offset
    let file: IndexFile

    init(path: String, baseOffset: Offset, fileSystem: any FileSystem) {
        self.baseOffset = baseOffset
        file = IndexFile(path: path, entrySize: Self.entrySize, fileSystem: fileSystem)
    }

    /// The last entry whose timestamp is `timestamp` or less; no timestamp at the segment's start where there is none.
    func lookup(_ timestamp: Timestamp) throws(FileSystemError) -> TimestampOffset {
        let count = try file.partitionPoint { $0.loadBigEndian(at: 0, as: Int64.self) <= timestamp.rawValue }
        return try entry(count - 1) ?? TimestampOffset(timestamp: .none, offset: baseOffset)
    }

    func last() throws(FileSystemError) -> TimestampOffset? { try entry(try file.count() - 1) }

    func entry(_ index: Int) throws(FileSystemError) -> TimestampOffset? {
        try file.entry(at: index) {
            TimestampOffset(
                timestamp: Timestamp($0.loadBigEndian(at: 0, as: Int64.self)),
                offset: baseOffset + Int64($0.loadBigEndian(at: 8, as: Int32.self))
            )
        }
    }

    /// Adds an entry where `point` is later than the last one.
    func appendIfLater(_ point: TimestampOffset) throws(FileSystemError) {
        guard point.timestamp > (try last()?.timestamp ?? .none) else { return }
        file.append { entry in
            entry.storeBigEndian(point.timestamp.rawValue, at: 0)
            entry.storeBigEndian(Int32(truncatingIfNeeded: point.offset - baseOffset), at: 8)
        }
    }

    /// Removes the entries of batches whose last offset is `offset` or more.
    func truncate(to offset: Offset) throws(FileSystemError) {
        let relative = offset - baseOffset
        try file.truncate(to: try file.partitionPoint { Int64($0.loadBigEndian(at: 8, as: Int32.self)) < relative })
    }
}
