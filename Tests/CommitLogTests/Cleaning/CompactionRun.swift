import Records

@testable import CommitLog

/// A compacted log in tests: records with short keys, and compaction to its end.
enum CompactionRun {
    /// Segments of a few batches; no delay before files go.
    static var configuration: LogConfiguration {
        var configuration = TestLog.configuration
        configuration.segmentBytes = 600
        configuration.isCompacted = true
        configuration.isDeleted = false
        configuration.minCleanableDirtyRatio = 0
        configuration.deleteRetentionMs = 1000
        configuration.fileDeleteDelayMs = 0
        return configuration
    }

    static func batch(
        _ records: [(key: String, value: String?)],
        at timestamp: Timestamp = TestLog.now,
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
        for (key, value) in records {
            builder.append(timestamp: timestamp, key: Bytes(utf8: key), value: value.map { Bytes(utf8: $0) })
        }
        return try builder.build()
    }

    static func marker(
        _ kind: ControlRecord.Kind,
        producer: ProducerID,
        epoch: ProducerEpoch = 0,
        at timestamp: Timestamp = TestLog.now
    ) throws -> Bytes {
        try ControlRecord(kind).batch(
            baseOffset: 0,
            timestamp: timestamp,
            partitionLeaderEpoch: 0,
            producerID: producer,
            producerEpoch: epoch
        ).copied()
    }

    /// Compacts what may be compacted; answers up to where. `stepBytes` is small, so that there are many steps.
    @discardableResult
    static func compact(
        _ log: PartitionLog,
        checkpoint: Offset? = nil,
        now: Timestamp = TestLog.now,
        limits: CleaningLimits = CleaningLimits(),
        stepBytes: Int = 100,
        betweenSteps: () throws -> Void = {}
    ) throws -> Offset {
        let range = try log.cleanableRange(checkpoint: checkpoint, now: now)
        var random = SplitMix(state: 9)
        guard let cleaning = LogCleaning(log, range, limits: limits, now: now, random: { random.next() }) else {
            throw LogError.notWritable(reason: "no memory")
        }
        while true {
            switch try cleaning.step(maxBytes: stepBytes) {
            case .working: try betweenSteps()
            case .readyToSwap: try cleaning.swap(now: now)
            case .done(let endOffset): return endOffset
            }
        }
    }
}

/// A record as tests compare it.
struct FoundRecord: Hashable, CustomStringConvertible {
    var offset: Offset
    var key: String?
    var value: String?

    var description: String { "\(offset) \(key ?? "-")=\(value ?? "-")" }
}

extension PartitionLog {
    /// Every data record, in order.
    func records(from offset: Offset? = nil) throws -> [FoundRecord] {
        try batches(from: offset).filter { !$0.isControl }.flatMap { batch in
            try batch.records().map { FoundRecord(offset: $0.offset, key: $0.key?.utf8, value: $0.value?.utf8) }
        }
    }
}
