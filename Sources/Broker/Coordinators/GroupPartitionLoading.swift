import CommitLog
import Coordination
import KafkaProtocol
import Logging
import NIOCore
import Records

/// Reads a partition of `__consumer_offsets` into its shard, a piece at a time on the control loop, so that other work
/// gets its turn in between.
///
/// A record that cannot be read is logged and left out: what a group committed for one partition must not keep all the
/// groups beside it from resuming.
struct GroupPartitionLoading: Sendable {
    private let target: GroupCoordinatorPartition
    private let end: Offset
    private let pieceSizeInBytes: Int

    init(_ target: GroupCoordinatorPartition, pieceSizeInBytes: Int) {
        self.target = target
        self.pieceSizeInBytes = pieceSizeInBytes
        end = target.partition.logEndOffset
    }

    /// Loads from the log's start and activates the shard. On the control loop.
    func start() { load(from: target.partition.logStartOffset) }

    private func load(from offset: Offset) {
        guard target.isLoading else { return }
        var next = offset
        do {
            next = try readPiece(from: offset)
        } catch {
            logger.error("cannot load groups at offset \(offset); records after it are not loaded: \(error)")
            next = end
        }
        guard next < end, next > offset else {
            target.replay(upTo: end) { _ in }
            target.activate()
            return
        }
        let rest = next
        target.environment.controlLoop.execute { load(from: rest) }
    }

    /// The offset to go on from; the same one where nothing more is there.
    private func readPiece(from offset: Offset) throws -> Offset {
        guard offset < end else { return offset }
        let read = try target.partition.log.read(
            from: offset,
            maxBytes: pieceSizeInBytes,
            upTo: end,
            minOneBatch: true
        )
        var next = offset
        for part in read.parts {
            var batches = RecordBatch.batches(in: try bytes(of: part))
            while let batch = try batches.next() {
                try batch.validateCRC()
                let records = try batch.records()
                target.replay(upTo: batch.nextOffset) { replay(batch, records, &$0) }
                next = batch.nextOffset
            }
        }
        return next
    }

    private func bytes(of part: BytesPart) throws -> Bytes {
        switch part {
        case .bytes(let bytes): bytes
        case .region(let region): try region.load()
        }
    }

    private func replay(_ batch: RecordBatch, _ records: [Record], _ shard: inout GroupCoordinatorShard) {
        for record in records {
            do {
                if batch.isControl {
                    try replayControl(record, of: batch.producerID, &shard)
                } else {
                    try replay(record, producerID: batch.isTransactional ? batch.producerID : nil, &shard)
                }
            } catch { logger.error("cannot read the record at offset \(record.offset): \(error)") }
        }
    }

    private func replayControl(
        _ record: Record,
        of producerID: ProducerID,
        _ shard: inout GroupCoordinatorShard
    ) throws(RecordsError) {
        switch try ControlRecord(record).kind {
        case .commit: shard.replayEndOfTransaction(producerID: producerID, commits: true)
        case .abort: shard.replayEndOfTransaction(producerID: producerID, commits: false)
        case .leaderChange, .snapshotHeader, .snapshotFooter, .kraftVersion, .kraftVoters, .unknown: break
        }
    }

    private func replay(
        _ record: Record,
        producerID: ProducerID?,
        _ shard: inout GroupCoordinatorShard
    ) throws(WireError) {
        guard let key = record.key else {
            logger.warning("the record at offset \(record.offset) has no key")
            return
        }
        switch try GroupRecord.decode(key: key, value: record.value) {
        case .record(let decoded): shard.replay(decoded, at: record.offset, producerID: producerID)
        case .unknownKind(let kind):
            logger.debug("the record at offset \(record.offset) is of kind \(kind), which is not served here")
        }
    }

    private var logger: Logger {
        var logger = target.environment.logger
        logger[metadataKey: "partition"] = "\(target.partition.topicPartition)"
        return logger
    }
}
