import KafkaProtocol

extension MetadataController {
    /// Sets and deletes SCRAM credentials; one result a user.
    func alterCredentials(
        _ request: AlterUserScramCredentialsRequest,
        _ completion: @escaping @Sendable ([(user: String, result: Result<Void, APIFailure>)]) -> Void
    ) {
        execute { [self] in
            let plan = CredentialAlteration(request, image)
            let results = committing(plan.records, plan.results.map(\.result))
            completion(zip(plan.results, results).map { ($0.user, $1) })
        }
    }
}
