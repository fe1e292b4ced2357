import KafkaClient
import KafkaProtocol

/// The SCRAM credentials of a user, as `--describe` shows them.
struct UserCredentials: Sendable {
    let user: String
    let credentials: [(mechanism: ScramMechanism, iterations: Int32)]

    var line: String {
        let list = credentials.map { "\($0.mechanism.name)=iterations=\($0.iterations)" }.joined(separator: ", ")
        return "SCRAM credential configs for user-principal '\(user)' are \(list)"
    }

    var json: JSONValue {
        .members([
            "user": .string(user),
            "scram": .object(
                credentials.map { .init(name: $0.mechanism.name, value: .integer(Int64($0.iterations))) }
            ),
        ])
    }
}

extension ConfigTool {
    private static let defaultIterations: Int32 = 4096

    /// The credentials of these users, of all where there are none; nothing from brokers that keep none.
    func credentials(of users: [String]) async throws(ConfigToolError) -> [UserCredentials] {
        do throws(KafkaError) {
            return try await admin.describeUserScramCredentials(users.isEmpty ? nil : users)
                .sorted { $0.key < $1.key }.map { UserCredentials(user: $0.key, credentials: $0.value) }
        } catch {
            if error.code == .unsupportedVersion { return [] }
            throw ConfigToolError(error)
        }
    }

    /// Sets and deletes credentials: `SCRAM-SHA-256=[iterations=8192,password=secret]`.
    func alterCredentials(of user: String, _ changes: ConfigChanges) async throws(ConfigToolError) {
        var upsertions: [ScramCredentialUpsertion] = []
        for (name, text) in changes.added.sorted(by: { $0.key < $1.key }) {
            guard let mechanism = ScramMechanism(name) else { continue }
            let (iterations, password) = try ConfigTool.credential(text, mechanism)
            upsertions.append(
                ScramCredentialUpsertion(user: user, mechanism: mechanism, iterations: iterations, password: password)
            )
        }
        let deletions = changes.deleted.compactMap { ScramMechanism($0) }
        let ready = upsertions
        try await call { () throws(KafkaError) in
            try await admin.alterUserScramCredentials(of: user, upsertions: ready, deletions: deletions)
        }
    }

    /// Reads `iterations=8192,password=secret`, of which the iterations may be left out.
    static func credential(
        _ text: String,
        _ mechanism: ScramMechanism
    ) throws(ConfigToolError) -> (iterations: Int32, password: String) {
        let malformed = ConfigToolError.illegal("Invalid credential property \(mechanism.name)=\(text)")
        var rest = text[...]
        var iterations = defaultIterations
        if rest.hasPrefix("iterations=") {
            guard let comma = rest.firstIndex(of: ",") else { throw malformed }
            let number = rest[..<comma].dropFirst("iterations=".count)
            guard let count = Int32(number) else { throw malformed }
            if count != -1 { iterations = count }
            rest = rest[rest.index(after: comma)...]
        }
        guard rest.hasPrefix("password=") else { throw malformed }
        guard iterations >= mechanism.minIterations else {
            throw .illegal(
                "Iterations \(iterations) is less than the minimum \(mechanism.minIterations) required for "
                    + mechanism.name
            )
        }
        return (iterations, String(rest.dropFirst("password=".count)))
    }
}
