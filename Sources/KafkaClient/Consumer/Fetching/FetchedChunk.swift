import KafkaProtocol
import Records

/// What one answer to a fetch brought of one partition, ready for the application.
struct FetchedChunk: Sendable {
    let topicPartition: TopicPartition
    let incarnation: Int
    /// Checked; no control batches, and none of aborted transactions where those are filtered.
    var batches: ArraySlice<RecordBatch>
    /// What the application has read when it has read the batches.
    let nextOffset: Offset
    let nextEpoch: LeaderEpoch
    let highWatermark: Offset
    let lastStableOffset: Offset
    let logStartOffset: Offset
    /// Of the answer, as they count against the buffer's limit.
    var sizeInBytes: Int
    /// What came after the batches could not be used.
    let failure: KafkaError?
}

/// Cuts the records of an answer into batches, checks them, and leaves out what the application must not see.
struct FetchedChunkReader {
    let checksCRCs: Bool
    let isolationLevel: IsolationLevel

    struct Result {
        var batches: [RecordBatch] = []
        var nextOffset: Offset
        var nextEpoch = LeaderEpoch.none
        var failure: KafkaError?
    }

    /// Batches from `fetchOffset` on. A truncated last batch is left out; a bad one ends the walk with `failure`.
    func read(
        _ bytes: Bytes,
        of partition: TopicPartition,
        from fetchOffset: Offset,
        aborted: [FetchResponse.AbortedTransaction]
    ) -> Result {
        var result = Result(nextOffset: fetchOffset)
        var filter = AbortedTransactionFilter(isolationLevel == .readCommitted ? aborted : [])
        var walk = RecordBatch.batches(in: bytes)
        var count = 0
        do {
            while let batch = try walk.next() {
                count += 1
                if checksCRCs { try batch.validateCRC() }
                let next = batch.nextOffset
                guard next > result.nextOffset else { continue }
                if isolationLevel == .readCommitted, try filter.hides(batch) {
                    // Passed over, and the position with it.
                } else if !batch.isControl {
                    result.batches.append(batch)
                }
                result.nextOffset = next
                result.nextEpoch = batch.partitionLeaderEpoch
            }
        } catch {
            let at = result.nextOffset
            let message = "Record batch for partition \(partition) at offset \(at) is invalid"
            result.failure = KafkaError(.corruptMessage, message, underlying: error)
            return result
        }
        if count == 0, !bytes.isEmpty {
            let message = "Failed to make progress reading messages at \(partition)=\(fetchOffset)."
            result.failure = KafkaError(.recordListTooLarge, message)
        }
        return result
    }
}

/// Tells which batches belong to transactions that were aborted, going through a partition in order of offsets. See
/// KIP-98.
struct AbortedTransactionFilter {
    private var upcoming: ArraySlice<FetchResponse.AbortedTransaction>
    private var open: Set<ProducerID> = []

    init(_ aborted: [FetchResponse.AbortedTransaction]) {
        upcoming = aborted.sorted { $0.firstOffset < $1.firstOffset }[...]
    }

    /// Whether the batch is to be left out. Errors: a control batch that cannot be read.
    mutating func hides(_ batch: RecordBatch) throws(RecordsError) -> Bool {
        guard batch.producerID != .none else { return false }
        while let next = upcoming.first, next.firstOffset <= batch.lastOffset {
            open.insert(next.producerId)
            upcoming.removeFirst()
        }
        if batch.isControl {
            if case .abort = try ControlRecord(batch).kind { open.remove(batch.producerID) }
            return true
        }
        return batch.isTransactional && open.contains(batch.producerID)
    }
}
