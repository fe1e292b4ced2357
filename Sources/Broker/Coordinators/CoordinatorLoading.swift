import CommitLog
import Logging
import NIOCore
import Records

/// A coordinator's partition of an internal topic that is being loaded.
protocol CoordinatorLoadingTarget: AnyObject, Sendable {
    var partition: Partition { get }
    var environment: BrokerEnvironment { get }
    /// False once it was loaded, or stopped meanwhile.
    var isLoading: Bool { get }
    /// Applies the records of a batch. A record that cannot be read is logged and left out.
    func replay(_ batch: RecordBatch, _ records: [Record])
    /// Everything up to `endOffset` was read.
    func activate(endOffset: Offset)
}

/// Reads a partition into its coordinator, a piece at a time on the control loop, so that other work gets its turn in
/// between.
struct CoordinatorLoading: Sendable {
    private let target: any CoordinatorLoadingTarget
    private let end: Offset
    private let pieceSizeInBytes: Int

    init(_ target: any CoordinatorLoadingTarget, pieceSizeInBytes: Int) {
        self.target = target
        self.pieceSizeInBytes = pieceSizeInBytes
        end = target.partition.logEndOffset
    }

    /// Loads from the log's start and activates the coordinator. On the control loop.
    func start() { load(from: target.partition.logStartOffset) }

    private func load(from offset: Offset) {
        guard target.isLoading else { return }
        var next = offset
        do {
            next = try readPiece(from: offset)
        } catch {
            target.environment.logger.error(
                "\(target.partition.topicPartition): what follows offset \(offset) cannot be loaded: \(error)"
            )
            next = end
        }
        guard next < end, next > offset else { return target.activate(endOffset: end) }
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
                target.replay(batch, try batch.records())
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
}
