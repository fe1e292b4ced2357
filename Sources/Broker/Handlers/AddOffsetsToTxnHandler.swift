import Coordination
import KafkaProtocol
import Records

/// AddOffsetsToTxn (25), versions 0 to 4.
///
/// Adds the partition of `__consumer_offsets` that holds a group's offsets to a transaction. PRODUCER_FENCED is
/// INVALID_PRODUCER_EPOCH before version 2 (KIP-588).
struct AddOffsetsToTxnHandler: RequestHandler {
    let coordinator: TransactionCoordinator
    let groups: GroupCoordinator

    func handle(_ request: AddOffsetsToTxnRequest, _ context: RequestContext, _ reply: Reply<AddOffsetsToTxnResponse>) {
        let index = groups.partitionIndex(of: request.groupId.rawValue)
        let partition = TopicPartition(GroupCoordinator.topic, index)
        let (id, producer) = (
            request.transactionalId, ProducerIdentity(request.producerId, request.producerEpoch)
        )
        coordinator.submit(to: id) { (shard, context) throws(TransactionError) in
            try shard.addPartitions(id, producer, [partition], .v0, at: context.moment)
        } _: { result in
            switch result {
            case .success: reply.send(AddOffsetsToTxnResponse())
            case .failure(let error):
                reply.send(AddOffsetsToTxnResponse(errorCode: error.errorCode(knowsFenced: context.version >= 2)))
            }
        }
    }
}
