import CommitLog
import Logging
import Records

/// The files of a partition: each section is a kind, two bytes of length, and contents. The first byte says whether the log was
/// closed, and whether the CRCs of batches are mended. Whatever is there, opening ends in a log that can be read, written and
/// opened again, or in an error.
enum LogFuzz {
    static let now: Timestamp = 1_700_000_000_000
    private static let directory = "/data/fuzz-0"
    private static let names = [
        "00000000000000000000.log", "00000000000000000000.index", "00000000000000000000.timeindex",
        "00000000000000000000.txnindex", "leader-epoch-checkpoint", "00000000000000000128.snapshot",
        "00000000000000000128.log", "partition.metadata", "00000000000000000128.index",
        "00000000000000000128.timeindex", "00000000000000000128.txnindex", "00000000000000000000.log.cleaned",
        "00000000000000000000.log.swap", "00000000000000000064.log.deleted", "00000000000000000150.snapshot",
        "00000000000000000310.snapshot",
    ]

    static func open(
        _ disk: MemoryFileSystem,
        _ directory: String,
        _ configuration: LogConfiguration,
        _ recovery: LogRecovery
    ) throws(LogError) -> PartitionLog {
        try PartitionLog.open(
            directory: directory,
            topicPartition: TopicPartition("fuzz", 0),
            fileSystem: disk,
            configuration: configuration,
            recovery: recovery,
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() },
            now: now
        )
    }

    static func run(_ input: Bytes) throws(BrokenPromise) {
        let disk = MemoryFileSystem()
        let recovery: LogRecovery
        do throws(FileSystemError) { recovery = try install(input, on: disk) } catch {
            throw BrokenPromise("the disk in memory failed: \(error)")
        }
        let log: PartitionLog
        do throws(LogError) { log = try open(disk, directory, LogConfiguration(), recovery) } catch { return }
        read(log)
        try append(log, disk)
    }

    private static func install(_ input: Bytes, on disk: MemoryFileSystem) throws(FileSystemError) -> LogRecovery {
        var cursor = InputCursor(input)
        let choice = cursor.byte()
        try disk.createDirectory("/data")
        try disk.createDirectory(directory)
        while !cursor.isAtEnd {
            let name = names[Int(cursor.byte()) % names.count]
            var contents = cursor.slice(cursor.number())
            if choice & 2 != 0, name.hasSuffix(".log") { contents = withSoundCRCs(contents) }
            let file = try disk.open(directory + "/" + name, .create)
            try contents.withUnsafeBytes { bytes throws(FileSystemError) in try file.write(bytes, at: 0) }
        }
        return choice & 1 != 0 ? .clean : .unclean(recoveryPoint: .zero)
    }

    private static func withSoundCRCs(_ contents: Bytes) -> Bytes {
        var all: [UInt8] = []
        var rest = contents
        while let size = try? RecordBatch.size(of: rest), size <= rest.count {
            all += BatchFuzz.mended(rest[0..<size], length: false, crc: true)
            rest = rest[size..<rest.count]
        }
        return Bytes(all + rest)
    }

    private static func read(_ log: PartitionLog) {
        var offset = log.logStartOffset
        do {
            for _ in 0..<64 where offset < log.logEndOffset {
                let found = try log.read(from: offset, maxBytes: 4096, upTo: log.logEndOffset)
                guard found.sizeInBytes > 0 else { break }
                offset = Offset(offset.rawValue + 7)
            }
            _ = try log.find(now)
            _ = try log.findLargestTimestamp()
            _ = try log.abortedTransactions(from: log.logStartOffset, upTo: log.logEndOffset)
        } catch { return }
    }

    /// A log that opened takes a batch, unless its last offset is the largest there is, and has it after it is opened again.
    private static func append(_ log: PartitionLog, _ disk: MemoryFileSystem) throws(BrokenPromise) {
        guard log.isWritable, log.logEndOffset.rawValue < Int64.max - 1 else { return }
        let before = log.logEndOffset
        do {
            var builder = RecordBatchBuilder(compression: .none)
            builder.append(timestamp: now, key: nil, value: Bytes([1, 2, 3]))
            let batch = BatchFuzz.mended(try builder.build(), length: false, crc: true)
            _ = try log.appendAsLeader(batch, leaderEpoch: LeaderEpoch(Int32.max - 1), now: now)
            try log.close()
        } catch { return }
        let again: PartitionLog
        do throws(LogError) { again = try open(disk, directory, LogConfiguration(), .clean) } catch {
            throw BrokenPromise("a log that opened, got a record and was closed does not open again: \(error)")
        }
        try BrokenPromise.check(
            again.logEndOffset.rawValue == before.rawValue + 1,
            "a log that ended at \(before) got a record, and ends at \(again.logEndOffset) when opened again"
        )
    }
}
