import CommitLog
import KafkaProtocol
import Records

/// A snapshot of the metadata beside the log: `<end offset>-<epoch>.checkpoint`, batches that stand for every record
/// below the end offset.
///
/// | batch | holds |
/// |---|---|
/// | first | a control record: SnapshotHeaderRecord, with the time of the last record that it stands for |
/// | then | metadata records |
/// | last | a control record: SnapshotFooterRecord |
///
/// Offsets count from 0 within the file. `bootstrap.checkpoint`, what a new cluster begins with, looks the same.
struct MetadataSnapshot {
    static let suffix = ".checkpoint"
    static let bootstrapName = "bootstrap.checkpoint"
    private static let recordsPerBatch = 2000

    /// What tells one snapshot from another.
    struct Name: Hashable, Comparable {
        let endOffset: Offset
        let epoch: LeaderEpoch

        init(endOffset: Offset, epoch: LeaderEpoch) {
            self.endOffset = endOffset
            self.epoch = epoch
        }

        /// Nil for a file that is none.
        init?(_ name: String) {
            guard name.hasSuffix(suffix) else { return nil }
            let parts = name.dropLast(suffix.count).split(separator: "-")
            guard parts.count == 2, let offset = Int64(parts[0]), let epoch = Int32(parts[1]) else { return nil }
            self.init(endOffset: Offset(offset), epoch: LeaderEpoch(epoch))
        }

        /// The file's name: 20 and 10 digits.
        var fileName: String {
            func padded(_ number: some BinaryInteger, _ count: Int) -> String {
                let digits = String(number)
                return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
            }
            return "\(padded(endOffset.rawValue, 20))-\(padded(epoch.rawValue, 10))\(suffix)"
        }

        static func < (a: Name, b: Name) -> Bool { (a.endOffset, a.epoch) < (b.endOffset, b.epoch) }
    }

    let path: String
    let name: Name
    let batches: Bytes

    /// The names of all snapshots in `directory`, oldest first.
    static func names(in directory: String, fileSystem: any FileSystem) throws(FileSystemError) -> [Name] {
        try fileSystem.list(directory).compactMap { Name($0) }.sorted()
    }

    /// The newest one in `directory`; nil where there is none.
    static func newest(in directory: String, fileSystem: any FileSystem) throws(StartupError) -> MetadataSnapshot? {
        do throws(FileSystemError) {
            guard let name = try names(in: directory, fileSystem: fileSystem).last else { return nil }
            let path = "\(directory)/\(name.fileName)"
            guard let contents = try fileSystem.contents(of: path) else { return nil }
            return MetadataSnapshot(path: path, name: name, batches: contents)
        } catch { throw StartupError("\(error)") }
    }

    /// The file that stands for `records`, which end at the time `lastTimestamp`.
    static func encoded(
        _ records: [AnyMetadataRecord],
        epoch: LeaderEpoch,
        lastTimestamp: Timestamp,
        now: Timestamp
    ) throws -> Bytes {
        var file = RawBuffer()
        var offset = Offset.zero
        func append(control: ControlRecord) throws {
            file.append(
                try control.batch(baseOffset: offset, timestamp: now, partitionLeaderEpoch: epoch)
            )
            offset += 1
        }
        let header = SnapshotHeaderRecord(version: 0, lastContainedLogTimestamp: lastTimestamp)
        try append(control: ControlRecord(.snapshotHeader(try header.encoded(version: 0))))
        for start in stride(from: 0, to: records.count, by: recordsPerBatch) {
            var builder = RecordBatchBuilder(partitionLeaderEpoch: epoch, baseOffset: offset)
            let batch = records[start..<min(start + recordsPerBatch, records.count)]
            for record in batch { builder.append(timestamp: now, key: nil, value: try record.encoded()) }
            file.append(try builder.build())
            offset += Int64(batch.count)
        }
        try append(control: ControlRecord(.snapshotFooter(try SnapshotFooterRecord(version: 0).encoded(version: 0))))
        return file.bytes()
    }

    /// What a new cluster begins with: the records of `bootstrap.checkpoint`, which is written where the log directory
    /// has none.
    static func bootstrap(in directory: String, _ environment: BrokerEnvironment) throws -> [AnyMetadataRecord] {
        let path = "\(directory)/\(bootstrapName)"
        guard let contents = try environment.fileSystem.contents(of: path) else {
            let records = BrokerRegistration.features
            let contents = try encoded(records, epoch: 0, lastTimestamp: 0, now: environment.now())
            try environment.fileSystem.replace(path, with: contents)
            return records
        }
        var records: [AnyMetadataRecord] = []
        var batches = RecordBatch.batches(in: contents)
        while let batch = try batches.next() {
            guard !batch.isControl else { continue }
            for record in try batch.records() {
                if let value = record.value { records.append(try AnyMetadataRecord.decode(value).record) }
            }
        }
        return records
    }

    /// The time of the last record that the snapshot at `path` stands for; nil where its header does not tell.
    static func lastTimestamp(at path: String, fileSystem: any FileSystem) throws -> Timestamp? {
        guard let contents = try fileSystem.contents(of: path) else { return nil }
        var batches = RecordBatch.batches(in: contents)
        guard let first = try batches.next(), first.isControl,
            case .snapshotHeader(let value) = try ControlRecord(first).kind
        else { return nil }
        return try SnapshotHeaderRecord.decode(value, version: 0).lastContainedLogTimestamp
    }
}
