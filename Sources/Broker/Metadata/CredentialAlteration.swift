import KafkaProtocol
import Records

/// What AlterUserScramCredentials asks for, checked and turned into records. See KIP-554.
///
/// Users are named in the order in which the request first names them. Nothing happens to a user that comes twice, not even
/// with two mechanisms.
struct CredentialAlteration {
    /// Kafka's limit.
    static let maxIterations: Int32 = 16_384
    /// Both mechanisms have it.
    static let minIterations: Int32 = 4096

    /// One for each user, in order.
    private(set) var results: [(user: String, result: Result<Void, APIFailure>)] = []
    private(set) var records: [AnyMetadataRecord] = []

    init(_ request: AlterUserScramCredentialsRequest, _ image: MetadataImage) {
        var planned: [String: Result<AnyMetadataRecord, APIFailure>] = [:]
        var order: [String] = []
        func plan(_ user: String, _ change: () throws(APIFailure) -> AnyMetadataRecord) {
            guard planned[user] == nil else {
                let sentence = "A user credential cannot be altered twice in the same request"
                if case .success = planned[user] { planned[user] = .failure(APIFailure(.duplicateResource, sentence)) }
                return
            }
            order.append(user)
            do throws(APIFailure) { planned[user] = .success(try change()) } catch { planned[user] = .failure(error) }
        }
        for deletion in request.deletions {
            plan(deletion.name) { () throws(APIFailure) in
                _ = try CredentialAlteration.mechanism(deletion.mechanism, of: deletion.name)
                guard image.kept[.credential(user: deletion.name, mechanism: deletion.mechanism)] != nil else {
                    throw APIFailure(.resourceNotFound, "Attempt to delete a user credential that does not exist")
                }
                return .removeUserScramCredential(
                    RemoveUserScramCredentialRecord(name: deletion.name, mechanism: deletion.mechanism)
                )
            }
        }
        for upsertion in request.upsertions {
            plan(upsertion.name) { () throws(APIFailure) in
                let mechanism = try CredentialAlteration.mechanism(upsertion.mechanism, of: upsertion.name)
                guard upsertion.iterations >= CredentialAlteration.minIterations else {
                    throw APIFailure(.unacceptableCredential, "Too few iterations")
                }
                guard upsertion.iterations <= CredentialAlteration.maxIterations else {
                    throw APIFailure(.unacceptableCredential, "Too many iterations")
                }
                let keys = mechanism.keys(of: Array(upsertion.saltedPassword))
                return .userScramCredential(
                    UserScramCredentialRecord(
                        name: upsertion.name,
                        mechanism: upsertion.mechanism,
                        salt: upsertion.salt,
                        storedKey: Bytes(keys.stored),
                        serverKey: Bytes(keys.server),
                        iterations: upsertion.iterations
                    )
                )
            }
        }
        for user in order {
            guard let plan = planned[user] else { continue }
            if case .success(let record) = plan { records.append(record) }
            results.append((user, plan.map { _ in }))
        }
    }

    /// The mechanisms that there are; the raw value is the protocol's number.
    enum Mechanism: Int8 {
        case sha256 = 1
        case sha512 = 2

        /// By Kafka's name for it.
        init?(name: String) {
            switch name {
            case "SCRAM-SHA-256": self = .sha256
            case "SCRAM-SHA-512": self = .sha512
            default: return nil
            }
        }

        /// A password as clients derive it (RFC 5802).
        func salted(_ password: String, _ salt: [UInt8], _ iterations: Int32) -> [UInt8] {
            let key = Array(password.utf8)
            return switch self {
            case .sha256: KeyedHash<UInt32>(key: key).salted(salt, iterations: iterations)
            case .sha512: KeyedHash<UInt64>(key: key).salted(salt, iterations: iterations)
            }
        }

        /// What is kept in place of a salted password (RFC 5802): who has it can check a client, and be no client.
        func keys(of password: [UInt8]) -> (stored: [UInt8], server: [UInt8]) {
            switch self {
            case .sha256: keys(of: password, UInt32.self)
            case .sha512: keys(of: password, UInt64.self)
            }
        }

        private func keys<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
            of password: [UInt8],
            _: Word.Type
        ) -> (stored: [UInt8], server: [UInt8]) {
            let hash = KeyedHash<Word>(key: password)
            var stored = SecureHash<Word>()
            stored.update(hash.hash(Array("Client Key".utf8)))
            return (stored.finished(), hash.hash(Array("Server Key".utf8)))
        }
    }

    private static func mechanism(_ number: Int8, of user: String) throws(APIFailure) -> Mechanism {
        guard !user.isEmpty else { throw APIFailure(.unacceptableCredential, "Username must not be empty") }
        guard let mechanism = Mechanism(rawValue: number) else {
            throw APIFailure(.unsupportedSaslMechanism, "Unknown SCRAM mechanism")
        }
        return mechanism
    }
}
