import CommitLog
import Logging
import Records
import Synchronization
import Testing

/// Collects what a log says.
final class LoggedLines: Sendable {
    private let lines = Mutex([String]())

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }

    private struct Handler: LogHandler {
        let lines: LoggedLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.lines.withLock { $0.append("\(event.message) \(details)") }
        }
    }
}

/// Shorthand for logs in tests.
enum TestLog {
    static let directory = "/data/orders-0"
    static let partition = TopicPartition("orders", 0)
    static let now: Timestamp = 1_700_000_000_000

    /// Small segments, an index entry every 200 bytes.
    static var configuration: LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 2000
        configuration.indexIntervalBytes = 200
        return configuration
    }

    static func open(
        _ disk: any FileSystem,
        _ configuration: LogConfiguration = configuration,
        recovery: LogRecovery = .clean,
        topicID: TopicID = .none,
        logStartOffset: Offset = .zero,
        compactedBelow: Offset = .zero,
        directory: String = directory,
        lines: LoggedLines = LoggedLines()
    ) throws(LogError) -> PartitionLog {
        let log = try PartitionLog.open(
            directory: directory,
            topicPartition: partition,
            topicID: topicID,
            fileSystem: disk,
            configuration: configuration,
            recovery: recovery,
            logStartOffset: logStartOffset,
            compactedBelow: compactedBelow,
            logger: lines.logger,
            now: now
        )
        log.updateHighWatermark(to: log.logEndOffset)
        return log
    }

    /// A batch of records with consecutive times.
    static func batch(
        _ count: Int = 1,
        at timestamp: Timestamp = now,
        step: Int64 = 0,
        valueSize: Int = 20,
        key: String? = "key",
        producer: ProducerID = .none,
        epoch: ProducerEpoch = .none,
        sequence: Int32 = -1,
        isTransactional: Bool = false,
        compression: Compression = .none
    ) throws -> Bytes {
        var builder = RecordBatchBuilder(
            compression: compression,
            producerID: producer,
            producerEpoch: epoch,
            baseSequence: sequence,
            isTransactional: isTransactional
        )
        for index in 0..<count {
            let value = Bytes((0..<valueSize).map { UInt8(truncatingIfNeeded: $0 &+ index) })
            builder.append(
                timestamp: Timestamp(timestamp.rawValue + step * Int64(index)),
                key: key.map { Bytes(utf8: $0) },
                value: value
            )
        }
        return try builder.build()
    }
}

extension PartitionLog {
    /// Appends and moves the high watermark, as the broker of a single node does.
    @discardableResult
    func append(
        _ batch: Bytes,
        epoch: LeaderEpoch = 0,
        now: Timestamp = TestLog.now,
        origin: AppendOrigin = .client
    ) throws(LogError) -> AppendResult {
        let result = try appendAsLeader(batch, leaderEpoch: epoch, now: now, origin: origin)
        updateHighWatermark(to: logEndOffset)
        return result
    }

    /// Every batch from `offset` on, CRC checked.
    func batches(from offset: Offset? = nil) throws -> [RecordBatch] {
        var next = offset ?? logStartOffset
        var all = [RecordBatch]()
        while next < logEndOffset {
            let read = try self.read(from: next, maxBytes: 1 << 20, upTo: logEndOffset)
            var found = RecordBatch.batches(in: try read.bytes())
            let before = next
            while let batch = try found.next() {
                try batch.validateCRC()
                all.append(batch)
                next = batch.nextOffset
            }
            guard next > before else { break }
        }
        return all
    }
}

extension LogRead {
    func bytes() throws -> Bytes {
        var buffer = RawBuffer()
        for part in parts {
            switch part {
            case .bytes(let bytes): buffer.append(bytes)
            case .region(let region): buffer.append(try region.load())
            }
        }
        return buffer.bytes()
    }
}
