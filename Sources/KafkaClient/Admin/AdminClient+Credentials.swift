import KafkaProtocol
import Records

/// A SCRAM mechanism; the raw value is the protocol's number. See KIP-554.
public enum ScramMechanism: Int8, Sendable, Hashable, CaseIterable {
    /// `SCRAM-SHA-256`.
    case sha256 = 1
    /// `SCRAM-SHA-512`.
    case sha512 = 2

    /// `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    public var name: String { self == .sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512" }

    /// The least number of iterations that Kafka accepts.
    public var minIterations: Int32 { 4096 }

    /// The mechanism of this name; nil where there is none.
    public init?(_ name: String) {
        guard let mechanism = ScramMechanism.allCases.first(where: { $0.name == name }) else { return nil }
        self = mechanism
    }

    /// What a broker keeps in place of the password. See RFC 5802.
    func saltedPassword(_ password: String, salt: [UInt8], iterations: Int32) -> [UInt8] {
        let key = Array(password.utf8)
        switch self {
        case .sha256: return KeyedHash<UInt32>(key: key).salted(salt, iterations: iterations)
        case .sha512: return KeyedHash<UInt64>(key: key).salted(salt, iterations: iterations)
        }
    }
}

/// A password to set.
public struct ScramCredentialUpsertion: Sendable, Hashable {
    /// The user's name.
    public var user: String
    /// The mechanism that the password is for.
    public var mechanism: ScramMechanism
    /// How often the password is hashed: from ``ScramMechanism/minIterations`` to 16384.
    public var iterations: Int32
    /// The password; it does not leave the client.
    public var password: String

    /// A password of `user`.
    public init(user: String, mechanism: ScramMechanism, iterations: Int32, password: String) {
        self.user = user
        self.mechanism = mechanism
        self.iterations = iterations
        self.password = password
    }
}

extension AdminClient {
    /// The mechanisms of users and their iterations; nil stands for all users. Users without a credential are left out.
    /// See KIP-554.
    public func describeUserScramCredentials(
        _ users: [String]? = nil
    ) async throws(KafkaError) -> [String: [(mechanism: ScramMechanism, iterations: Int32)]] {
        var request = DescribeUserScramCredentialsRequest()
        request.users = users?.map { .init(name: $0) }
        let response = try await client.send(request)
        guard response.errorCode == .none else { throw KafkaError(response.errorCode, response.errorMessage) }
        var found: [String: [(mechanism: ScramMechanism, iterations: Int32)]] = [:]
        for result in response.results where result.errorCode != .resourceNotFound {
            guard result.errorCode == .none else { throw KafkaError(result.errorCode, result.errorMessage) }
            found[result.user] = result.credentialInfos.compactMap { info in
                ScramMechanism(rawValue: info.mechanism).map { ($0, info.iterations) }
            }
        }
        return found
    }

    /// Sets and deletes passwords of a user. What goes over the wire is salted and hashed. See KIP-554.
    public func alterUserScramCredentials(
        of user: String,
        upsertions: [ScramCredentialUpsertion],
        deletions: [ScramMechanism] = []
    ) async throws(KafkaError) {
        var request = AlterUserScramCredentialsRequest()
        request.deletions = deletions.map { .init(name: user, mechanism: $0.rawValue) }
        request.upsertions = upsertions.map { upsertion in
            let salt = (0..<3).flatMap { _ in
                let random = client.random()
                return (0..<8).map { UInt8(truncatingIfNeeded: random >> UInt64(8 * $0)) }
            }
            let salted = upsertion.mechanism.saltedPassword(
                upsertion.password,
                salt: salt,
                iterations: upsertion.iterations
            )
            var wire = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
            wire.name = upsertion.user
            wire.mechanism = upsertion.mechanism.rawValue
            wire.iterations = upsertion.iterations
            wire.salt = Bytes(salt)
            wire.saltedPassword = Bytes(salted)
            return wire
        }
        let response = try await client.send(request)
        for result in response.results where result.errorCode != .none {
            throw KafkaError(result.errorCode, result.errorMessage)
        }
    }
}
