import Logging
import Records

/// The `.snapshot` files of a partition's directory: which there are, and when one is worth writing.
struct ProducerSnapshotFiles: Sendable {
    let directory: String
    let fileSystem: any FileSystem
    /// Ascending.
    private(set) var offsets: [Offset]
    /// Up to where the last snapshot reaches, written or loaded.
    private(set) var lastOffset = Offset.zero
    /// Written and not yet synced.
    private var unsynced: [Offset] = []

    /// `offsets` as the directory's listing has them.
    init(directory: String, fileSystem: any FileSystem, offsets: [Offset]) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.offsets = offsets.sorted()
    }

    /// Writes a snapshot where the table has moved on since the last one. The caller syncs it, see ``takeUnsynced()``.
    mutating func write(_ table: ProducerStateTable) throws(FileSystemError) {
        let offset = table.endOffset
        guard offset > lastOffset else { return }
        let contents = ProducerSnapshot.encode(table.producers)
        let file = try fileSystem.open(path(offset), .create)
        try file.truncate(to: 0)
        try contents.withUnsafeBytes { (bytes) throws(FileSystemError) in try file.write(bytes, at: 0) }
        unsynced.append(offset)
        lastOffset = offset
        if offsets.last != offset {
            offsets.removeAll { $0 == offset }
            offsets.append(offset)
            offsets.sort()
        }
    }

    /// What was written since the last call, for the caller to sync; removed ones are left out.
    mutating func takeUnsynced() -> [String] {
        defer { unsynced = [] }
        return unsynced.map(path)
    }

    /// The producers of the newest snapshot that can be read, at its offset; else none, at `logStartOffset`. Those
    /// that cannot be read are removed. Producers that have expired are left out.
    mutating func loadNewest(
        logStartOffset: Offset,
        now: Timestamp,
        expirationMs: Int64,
        logger: Logger
    ) throws(FileSystemError) -> ProducerStateTable {
        while let offset = offsets.last {
            let flaw: SnapshotFlaw
            if let contents = try fileSystem.contents(of: path(offset)) {
                switch ProducerSnapshot.decode(contents) {
                case .success(let producers):
                    lastOffset = offset
                    let live = producers.filter { !$0.isExpired(now: now, expirationMs: expirationMs) }
                    return ProducerStateTable(endOffset: offset, producers: live)
                case .failure(let found):
                    flaw = found
                }
            } else {
                flaw = SnapshotFlaw(reason: "the file is gone")
            }
            logger.warning(
                "producer snapshot removed",
                metadata: ["file": "\(path(offset))", "reason": "\(flaw.reason)"]
            )
            try remove(offset)
        }
        lastOffset = logStartOffset
        return ProducerStateTable(endOffset: logStartOffset)
    }

    mutating func remove(_ offset: Offset) throws(FileSystemError) {
        try fileSystem.remove(path(offset))
        offsets.removeAll { $0 == offset }
        unsynced.removeAll { $0 == offset }
    }

    mutating func removeAll(where isUnwanted: (Offset) -> Bool) throws(FileSystemError) {
        for offset in offsets where isUnwanted(offset) { try remove(offset) }
    }

    /// Removes those that stand at no segment's base offset, but for the newest beyond the last segment's: that of
    /// a clean stop.
    mutating func removeStray(segmentBaseOffsets: [Offset]) throws(FileSystemError) {
        let bases = Set(segmentBaseOffsets)
        let newestStray = offsets.last { !bases.contains($0) }
        let lastBase = segmentBaseOffsets.max() ?? .zero
        try removeAll { offset in
            guard !bases.contains(offset) else { return false }
            return offset != newestStray || offset < lastBase
        }
    }

    mutating func logStartMoved(to offset: Offset) { lastOffset = offsets.last ?? offset }

    mutating func restart(at offset: Offset) { lastOffset = offset }

    func path(_ offset: Offset) -> String { SegmentFileName(offset, .snapshot).path(in: directory) }
}
