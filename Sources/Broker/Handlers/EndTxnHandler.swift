import Coordination
import KafkaProtocol
import Records

/// EndTxn (26), versions 0 to 5.
///
/// Commits or aborts a transaction. Version 5 raises the producer's epoch and answers the new one, perhaps with a new
/// producer id (KIP-890); PRODUCER_FENCED is INVALID_PRODUCER_EPOCH before version 2 (KIP-588).
struct EndTxnHandler: RequestHandler {
    let coordinator: TransactionCoordinator

    func handle(_ request: EndTxnRequest, _ context: RequestContext, _ reply: Reply<EndTxnResponse>) {
        let end = TransactionEnd(
            producer: ProducerIdentity(request.producerId, request.producerEpoch),
            commits: request.committed,
            version: context.version >= 5 ? .v2 : .v0
        )
        let id = request.transactionalId
        coordinator.submit(to: id) { (shard, context) throws(TransactionError) in
            try shard.end(id, end, freshID: context.freshID, at: context.moment)
        } _: { result in
            switch result {
            case .success(let producer):
                let isTold = context.version >= 5
                reply.send(
                    EndTxnResponse(
                        producerId: isTold ? producer.id : .none,
                        producerEpoch: isTold ? producer.epoch : .none
                    )
                )
            case .failure(let error):
                reply.send(EndTxnResponse(errorCode: error.errorCode(knowsFenced: context.version >= 2)))
            }
        }
    }
}
