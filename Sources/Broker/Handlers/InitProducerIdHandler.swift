import Coordination
import KafkaProtocol
import Records

/// InitProducerId (22), versions 0 to 6; told to clients up to 5 because 6 is not stable yet.
///
/// Gives an idempotent producer an id that nobody else has, with epoch 0 (KIP-98). A transactional producer gets the id
/// of its transactional id with an epoch that fences the producers before it; a transaction that is open is aborted
/// first, with CONCURRENT_TRANSACTIONS meanwhile. A producer that brings the id and epoch it had goes on after an error
/// (version 3, KIP-360). PRODUCER_FENCED is INVALID_PRODUCER_EPOCH before version 4 (KIP-588).
///
/// Not done: two-phase commit (version 6, KIP-939), which is refused as by a broker that does not allow it.
struct InitProducerIdHandler: RequestHandler {
    static let advertisedVersions: ClosedRange<Int16> = 0...5

    let coordinator: TransactionCoordinator
    let producerIDs: ProducerIDAllocator

    func handle(_ request: InitProducerIdRequest, _ context: RequestContext, _ reply: Reply<InitProducerIdResponse>) {
        guard (request.producerId == .none) == (request.producerEpoch == .none) else {
            return reply.send(InitProducerIdHandler.refusal(.invalidRequest))
        }
        guard let id = request.transactionalId else { return allocate(reply) }
        let initialisation = ProducerInitialisation(
            timeout: .milliseconds(request.transactionTimeoutMs),
            expected: request.producerId == .none ? nil : ProducerIdentity(request.producerId, request.producerEpoch),
            enablesTwoPhaseCommit: request.enable2Pc,
            keepsPreparedTransaction: request.keepPreparedTxn
        )
        coordinator.initialise(id, initialisation) { result in
            switch result {
            case .success(.producer(let producer)):
                reply.send(InitProducerIdResponse(producerId: producer.id, producerEpoch: producer.epoch))
            case .success(.fencingOngoing):
                reply.send(InitProducerIdHandler.refusal(.concurrentTransactions))
            case .failure(let error):
                reply.send(InitProducerIdHandler.refusal(error.errorCode(knowsFenced: context.version >= 4)))
            }
        }
    }

    private func allocate(_ reply: Reply<InitProducerIdResponse>) {
        producerIDs.allocate { result in
            switch result {
            case .success(let id): reply.send(InitProducerIdResponse(producerId: id, producerEpoch: 0))
            // The metadata log cannot be written: the client asks again.
            case .failure: reply.send(InitProducerIdHandler.refusal(.coordinatorLoadInProgress))
            }
        }
    }

    private static func refusal(_ code: ErrorCode) -> InitProducerIdResponse {
        InitProducerIdResponse(errorCode: code, producerId: .none, producerEpoch: .none)
    }
}
