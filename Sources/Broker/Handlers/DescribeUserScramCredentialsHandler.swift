import KafkaProtocol

/// DescribeUserScramCredentials (50), version 0.
///
/// Lists the mechanisms of users and their iterations, of all users where none are named (KIP-554). Nothing that was
/// made of a password leaves the broker.
struct DescribeUserScramCredentialsHandler: ImmediateRequestHandler {
    typealias Request = DescribeUserScramCredentialsRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(
        to request: DescribeUserScramCredentialsRequest,
        _ context: RequestContext
    ) -> DescribeUserScramCredentialsResponse {
        let known = metadata.image.scramCredentials
        let named = request.users ?? []
        guard !named.isEmpty else {
            return DescribeUserScramCredentialsResponse(
                errorMessage: nil,
                results: known.sorted { $0.key < $1.key }.map {
                    .init(user: $0.key, errorMessage: nil, credentialInfos: $0.value)
                }
            )
        }
        var counts: [String: Int] = [:]
        for user in named { counts[user.name, default: 0] += 1 }
        return DescribeUserScramCredentialsResponse(
            errorMessage: nil,
            results: counts.sorted { $0.key < $1.key }.map { user, count in
                guard count == 1 else {
                    return .init(
                        user: user,
                        errorCode: .duplicateResource,
                        errorMessage:
                            "Cannot describe SCRAM credentials for the same user twice in a single request: \(user)"
                    )
                }
                guard let credentials = known[user] else {
                    return .init(
                        user: user,
                        errorCode: .resourceNotFound,
                        errorMessage: "Attempt to describe a user credential that does not exist: \(user)"
                    )
                }
                return .init(user: user, errorMessage: nil, credentialInfos: credentials)
            }
        )
    }
}

extension MetadataImage {
    /// The mechanisms of each user, by their numbers.
    fileprivate var scramCredentials: [String: [DescribeUserScramCredentialsResponse.CredentialInfo]] {
        var credentials: [String: [DescribeUserScramCredentialsResponse.CredentialInfo]] = [:]
        for (key, record) in kept.sorted(by: { $0.key < $1.key }) {
            guard case .credential(let user, let mechanism) = key, case .userScramCredential(let entry) = record else {
                continue
            }
            credentials[user, default: []].append(.init(mechanism: mechanism, iterations: entry.iterations))
        }
        return credentials
    }
}
