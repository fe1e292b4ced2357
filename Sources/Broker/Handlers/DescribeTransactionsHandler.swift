import Coordination
import KafkaProtocol
import Records

/// DescribeTransactions (65), version 0.
///
/// What the coordinator knows of transactional ids: producer, state, timeout, start, and the partitions of the
/// transaction that is open or being ended (KIP-664).
struct DescribeTransactionsHandler: RequestHandler {
    let coordinator: TransactionCoordinator

    private typealias State = DescribeTransactionsResponse.TransactionState

    func handle(
        _ request: DescribeTransactionsRequest,
        _ context: RequestContext,
        _ reply: Reply<DescribeTransactionsResponse>
    ) {
        let ids = request.transactionalIds
        guard !ids.isEmpty else { return reply.send(DescribeTransactionsResponse()) }
        let gathering = Gathering<State>(count: ids.count) { states in
            reply.send(DescribeTransactionsResponse(transactionStates: states))
        }
        for (index, id) in ids.enumerated() {
            coordinator.submit(to: id) { (shard, _) throws(TransactionError) in
                try shard.described(id)
            } _: { result in
                switch result {
                case .success(let metadata):
                    gathering.put(DescribeTransactionsHandler.state(id, metadata), at: index)
                case .failure(let error):
                    gathering.put(State(errorCode: error.errorCode, transactionalId: id), at: index)
                }
            }
        }
    }

    private static func state(_ id: TransactionalID, _ metadata: TransactionMetadata) -> State {
        var topics: [DescribeTransactionsResponse.TopicData] = []
        for partition in metadata.partitions.sorted() {
            if topics.last?.topic != partition.topic { topics.append(.init(topic: partition.topic)) }
            topics[topics.count - 1].partitions.append(partition.partition)
        }
        return State(
            transactionalId: id,
            transactionState: metadata.state.name,
            transactionTimeoutMs: Int32(clamping: metadata.timeout.milliseconds),
            transactionStartTimeMs: metadata.startTimestamp,
            producerId: metadata.producerID,
            producerEpoch: metadata.producerEpoch,
            topics: topics
        )
    }
}

extension Duration {
    /// Whole milliseconds; the rest is cut off.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    }
}
