import KafkaProtocol
import Records

/// UnregisterBroker (64), version 0.
///
/// Forgets a broker that is gone for good (KIP-631). This broker itself cannot be forgotten while it runs.
struct UnregisterBrokerHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(
        _ request: UnregisterBrokerRequest,
        _ context: RequestContext,
        _ reply: Reply<UnregisterBrokerResponse>
    ) {
        metadata.unregisterBroker(request.brokerId) { result in
            switch result {
            case .success: reply.send(UnregisterBrokerResponse(errorMessage: nil))
            case .failure(let failure):
                reply.send(UnregisterBrokerResponse(errorCode: failure.code, errorMessage: failure.message))
            }
        }
    }
}
