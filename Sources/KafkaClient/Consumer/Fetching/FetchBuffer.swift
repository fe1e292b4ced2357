import KafkaProtocol
import Records

/// What was fetched and not yet given to the application, in order of arrival.
///
/// Invariant: chunks of one partition and incarnation follow each other without a gap.
struct FetchBuffer {
    private var chunks: [FetchedChunk] = []
    private(set) var sizeInBytes = 0

    var isEmpty: Bool { chunks.isEmpty }

    mutating func append(_ chunk: FetchedChunk) {
        chunks.append(chunk)
        sizeInBytes += chunk.sizeInBytes
    }

    /// Takes chunks of partitions that may be delivered, whole batches, until there are `maxRecords` records or a chunk
    /// ends in a failure; positions move along. Chunks of partitions that are gone or were sought are dropped.
    ///
    /// Errors: the failure of the first chunk, once all before it was taken; it is thrown again when the same bytes are
    /// fetched again.
    mutating func take(
        maxRecords: Int,
        _ subscription: inout SubscriptionState
    ) throws(KafkaError) -> [FetchedPartition] {
        guard !chunks.isEmpty else { return [] }
        var taken: [FetchedPartition] = []
        var left = maxRecords
        var kept: [FetchedChunk] = []
        var failure: KafkaError?
        var isStopped = false
        for var chunk in chunks {
            guard let state = subscription[chunk.topicPartition], state.incarnation == chunk.incarnation else {
                sizeInBytes -= chunk.sizeInBytes
                continue
            }
            guard !isStopped, state.isDeliverable else {
                kept.append(chunk)
                continue
            }
            let isWhole = deliver(&chunk, &left, &taken, &subscription)
            if !isWhole {
                kept.append(chunk)
                isStopped = true
            } else if let problem = chunk.failure {
                if taken.isEmpty {
                    failure = problem
                    subscription[chunk.topicPartition]?.isInFlight = false
                } else {
                    kept.append(chunk)
                }
                isStopped = true
            } else if left <= 0 {
                isStopped = true
            }
        }
        chunks = kept
        if let failure { throw failure }
        return taken
    }

    /// Moves batches from the chunk to what is taken. False where some are left.
    private mutating func deliver(
        _ chunk: inout FetchedChunk,
        _ left: inout Int,
        _ taken: inout [FetchedPartition],
        _ subscription: inout SubscriptionState
    ) -> Bool {
        guard let state = subscription[chunk.topicPartition] else { return true }
        let before = state.position
        var batches: [RecordBatch] = []
        var bytes = 0
        while left > 0, let batch = chunk.batches.popFirst() {
            batches.append(batch)
            bytes += batch.sizeInBytes
            left -= max(1, Int(batch.recordCount))
        }
        let isWhole = chunk.batches.isEmpty
        bytes = isWhole ? chunk.sizeInBytes : min(bytes, chunk.sizeInBytes)
        let after = isWhole ? chunk.nextOffset : batches.last?.nextOffset ?? before
        let epoch = isWhole ? chunk.nextEpoch : batches.last?.partitionLeaderEpoch ?? .none
        chunk.sizeInBytes -= bytes
        sizeInBytes -= bytes
        subscription[chunk.topicPartition]?.delivered(upTo: after, epoch: epoch, bytes: bytes)
        guard !batches.isEmpty || after > before else { return isWhole }
        if let place = taken.firstIndex(where: { $0.topicPartition == chunk.topicPartition }) {
            taken[place].append(batches, chunk, positionAfter: after, epoch: epoch)
        } else {
            var fetched = FetchedPartition(
                topicPartition: chunk.topicPartition,
                batches: [],
                highWatermark: chunk.highWatermark,
                lastStableOffset: chunk.lastStableOffset,
                logStartOffset: chunk.logStartOffset,
                positionBefore: before,
                positionAfter: before,
                leaderEpochAfter: state.positionEpoch
            )
            fetched.append(batches, chunk, positionAfter: after, epoch: epoch)
            taken.append(fetched)
        }
        return isWhole
    }
}

extension FetchedPartition {
    mutating func append(
        _ more: [RecordBatch],
        _ chunk: FetchedChunk,
        positionAfter: Offset,
        epoch: LeaderEpoch
    ) {
        batches += more
        highWatermark = chunk.highWatermark
        lastStableOffset = chunk.lastStableOffset
        logStartOffset = chunk.logStartOffset
        self.positionAfter = positionAfter
        if epoch != .none { leaderEpochAfter = epoch }
    }
}
