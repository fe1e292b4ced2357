import KafkaProtocol
import Records

/// InitProducerId (22), versions 0 to 6.
///
/// Gives an idempotent producer an id that nobody else has, with epoch 0 (KIP-98). A producer that brings the id it had
/// is given a new one too; the sequences of the old one lapse (KIP-360).
///
/// Not done: producers with a transactional id, and two-phase commit (version 6, KIP-939). They are told that the
/// transaction coordinator is not here.
struct InitProducerIdHandler: RequestHandler {
    let producerIDs: ProducerIDAllocator
    let maximumTransactionTimeout: Duration

    func handle(_ request: InitProducerIdRequest, _ context: RequestContext, _ reply: Reply<InitProducerIdResponse>) {
        if let refusal = refusal(of: request) { return reply.send(InitProducerIdResponse(errorCode: refusal)) }
        producerIDs.allocate { result in
            switch result {
            case .success(let id): reply.send(InitProducerIdResponse(producerId: id, producerEpoch: 0))
            // The metadata log cannot be written: the client asks again.
            case .failure: reply.send(InitProducerIdResponse(errorCode: .coordinatorLoadInProgress))
            }
        }
    }

    private func refusal(of request: InitProducerIdRequest) -> ErrorCode? {
        if (request.producerId == .none) != (request.producerEpoch == .none) { return .invalidRequest }
        guard let transactionalID = request.transactionalId else { return nil }
        if transactionalID == TransactionalID("") { return .invalidRequest }
        let timeout = Duration.milliseconds(request.transactionTimeoutMs)
        guard timeout > .zero, timeout <= maximumTransactionTimeout else { return .invalidTransactionTimeout }
        return .notCoordinator
    }
}
