import KafkaClient
import KafkaProtocol

extension ConfigTool {
    private static let quotas: Set<String> = [
        "producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate",
    ]
    private static let connectionQuotas: Set<String> = ["connection_creation_rate"]

    // MARK: Describing

    func describeQuotas(_ task: ConfigTask) async throws(ConfigToolError) {
        let quotas = try await quotas(of: task).sorted { ConfigTool.order($0.key) < ConfigTool.order($1.key) }
        var reports: [JSONValue] = []
        for (entity, values) in quotas {
            let sorted = values.sorted { $0.key < $1.key }
            if asJSON {
                reports.append(ConfigTool.json(entity, sorted))
            } else {
                let list = sorted.map { "\($0.key)=\(JavaNumber.text($0.value))" }.joined(separator: ", ")
                console.print("Quota configs for \(ConfigTool.name(of: entity)) are \(list)")
            }
        }
        if task.types == [.users], !task.names.contains("") {
            for user in try await credentials(of: task.names) {
                if asJSON { reports.append(user.json) } else { console.print(user.line) }
            }
        }
        if asJSON { console.print(JSONValue.array(reports).description) }
    }

    private func quotas(of task: ConfigTask) async throws(ConfigToolError) -> [QuotaEntity: [String: Double]] {
        guard task.names.count <= task.types.count else {
            throw .illegal("More entity names specified than entity types")
        }
        var matches: [QuotaEntity.Kind: QuotaMatch] = [:]
        for (place, type) in task.types.enumerated() {
            guard let kind = ConfigTool.kind(of: type) else { continue }
            guard place < task.names.count else {
                matches[kind] = .any
                continue
            }
            let name = task.names[place]
            matches[kind] = name.isEmpty ? .byDefault : .exactly(name)
        }
        let wanted = matches
        return try await call { () throws(KafkaError) in try await admin.describeClientQuotas(wanted) }
    }

    private static func kind(of type: ConfigEntityType) -> QuotaEntity.Kind? {
        switch type {
        case .users: .user
        case .clients: .clientID
        case .ips: .ip
        case .topics, .brokers, .brokerLoggers, .clientMetrics, .groups: nil
        }
    }

    /// Named entities before the default ones.
    private static func order(_ entity: QuotaEntity) -> String {
        QuotaEntity.Kind.allCases.map { kind in
            entity.names[kind].map { $0.map { "1" + $0 } ?? "2" } ?? "0"
        }.joined(separator: "\0")
    }

    private static func name(of entity: QuotaEntity) -> String {
        QuotaEntity.Kind.allCases.compactMap { kind -> String? in
            guard let name = entity.names[kind] else { return nil }
            let type = kind == .user ? "user-principal" : kind.rawValue
            return name.map { "\(type) '\($0)'" } ?? "the default \(type)"
        }.joined(separator: ", ")
    }

    private static func json(_ entity: QuotaEntity, _ values: [(key: String, value: Double)]) -> JSONValue {
        let sides = entity.names.sorted { $0.key.rawValue < $1.key.rawValue }
        return .members([
            "entity": .object(sides.map { JSONValue.Member(name: $0.key.rawValue, value: .text($0.value)) }),
            "quotas": .object(values.map { JSONValue.Member(name: $0.key, value: .double($0.value)) }),
        ])
    }

    // MARK: Altering

    func alterUserOrClient(_ task: ConfigTask, _ changes: ConfigChanges) async throws(ConfigToolError) {
        let isOfClient = task.types.contains(.clients)
        func unknown(_ names: [String]) -> [String] {
            let foreign = names.filter { !ConfigTool.quotas.contains($0) && ScramMechanism($0) == nil }
            return isOfClient ? foreign + names.filter { ScramMechanism($0) != nil } : foreign
        }
        let kinds = isOfClient ? "quota" : "quota and SCRAM credential"
        let type = isOfClient ? "clients" : "users"
        func refusal(_ verb: String, _ collection: String, _ names: [String]) -> ConfigToolError {
            .illegal(
                "Only \(kinds) configs can be \(verb) for '\(type)' using --bootstrap-server. Unexpected config names: "
                    + "\(collection)(\(names.joined(separator: ", ")))"
            )
        }
        let unknownAdded = unknown(changes.added.keys.sorted())
        guard unknownAdded.isEmpty else { throw refusal("added", "Set", unknownAdded) }
        let unknownDeleted = unknown(changes.deleted)
        guard unknownDeleted.isEmpty else { throw refusal("deleted", "ArrayBuffer", unknownDeleted) }
        let names = Array(changes.added.keys) + changes.deleted
        let hasQuotas = names.contains(where: ConfigTool.quotas.contains)
        if names.contains(where: { ScramMechanism($0) != nil }) {
            guard !task.names.contains("") else {
                throw .illegal(
                    "The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using "
                        + "--bootstrap-server."
                )
            }
            guard !hasQuotas else {
                throw .illegal(
                    "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using "
                        + "--bootstrap-server."
                )
            }
            return try await alterCredentials(of: task.names[0], changes)
        }
        if hasQuotas { try await alterQuotas(task, changes) }
    }

    func alterIP(_ task: ConfigTask, _ changes: ConfigChanges) async throws(ConfigToolError) {
        let names = changes.added.keys.sorted() + changes.deleted
        let unknown = names.filter { !ConfigTool.connectionQuotas.contains($0) }
        guard unknown.isEmpty else {
            throw .illegal(
                "Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config "
                    + "names: "
                    + unknown.joined(separator: ",")
            )
        }
        try await alterQuotas(task, changes)
    }

    private func alterQuotas(_ task: ConfigTask, _ changes: ConfigChanges) async throws(ConfigToolError) {
        let known = try await quotas(of: task).first?.value ?? [:]
        let unknown = changes.deleted.filter { known[$0] == nil }
        guard unknown.isEmpty else { throw .illegal("Invalid config(s): \(unknown.joined(separator: ","))") }
        var names: [QuotaEntity.Kind: String?] = [:]
        for (type, name) in zip(task.types, task.names) {
            if let kind = ConfigTool.kind(of: type) { names[kind] = .some(name.isEmpty ? nil : name) }
        }
        var operations: [QuotaChange] = []
        for (key, text) in changes.added.sorted(by: { $0.key < $1.key }) {
            guard let value = Double(text) else {
                throw .illegal("Cannot parse quota configuration value for \(key): \(text)")
            }
            operations.append(QuotaChange(key, value))
        }
        operations += changes.deleted.map { QuotaChange($0, nil) }
        let (entity, ready) = (QuotaEntity(names), operations)
        try await call { () throws(KafkaError) in try await admin.alterClientQuotas(entity, ready) }
    }
}
