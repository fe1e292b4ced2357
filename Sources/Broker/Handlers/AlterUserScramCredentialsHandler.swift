import KafkaProtocol

/// AlterUserScramCredentials (51), version 0.
///
/// Sets and deletes SCRAM credentials of users (KIP-554). They are kept in the metadata log as Kafka keeps them, and
/// described; this broker authenticates nobody, so nobody has to show one.
struct AlterUserScramCredentialsHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(
        _ request: AlterUserScramCredentialsRequest,
        _ context: RequestContext,
        _ reply: Reply<AlterUserScramCredentialsResponse>
    ) {
        metadata.alterCredentials(request) { results in
            reply.send(
                AlterUserScramCredentialsResponse(
                    results: results.map { user, result in
                        guard case .failure(let failure) = result else {
                            return .init(user: user, errorCode: .none, errorMessage: nil)
                        }
                        return .init(
                            user: user,
                            errorCode: failure.code,
                            errorMessage: failure.message ?? failure.code.message
                        )
                    }
                )
            )
        }
    }
}
