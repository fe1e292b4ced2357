import KafkaClient
import KafkaProtocol
import Records

/// Performs what `millrace configs` is asked for, and prints what Kafka's tool prints.
struct ConfigTool: Sendable {
    let admin: AdminClient
    let console: Console
    let asJSON: Bool

    /// Errors: what the broker refuses, and options that do not fit each other.
    func perform(_ task: ConfigTask) async throws(ConfigToolError) {
        guard let type = task.types.first else { return }
        switch task.action {
        case .describe(let all):
            if type == .users || type == .clients || type == .ips {
                try await describeQuotas(task)
            } else {
                try await describeResources(type, task.names.first, all: all)
            }
        case .alter(let changes):
            guard let name = task.names.first else { return }
            switch type {
            case .users, .clients: try await alterUserOrClient(task, changes)
            case .ips: try await alterIP(task, changes)
            case .topics, .brokers, .brokerLoggers, .clientMetrics, .groups: try await alter(type, name, changes)
            }
            console.print(
                name.isEmpty
                    ? "Completed updating default config for \(type.rawValue) in the cluster."
                    : "Completed updating config for \(type.singular) \(name)."
            )
        }
    }

    // MARK: Resources

    private func describeResources(_ type: ConfigEntityType, _ name: String?, all: Bool) async throws(ConfigToolError) {
        var reports: [JSONValue] = []
        let names: [String]
        if let name { names = [name] } else { names = try await self.names(of: type) }
        // A broker answers for itself, any broker for the rest: those are asked for in one request.
        let isOneRequest = type != .brokers && type != .brokerLoggers && name == nil
        let known = isOneRequest ? try await configs(type, names, all: all) : [:]
        for name in names {
            if !asJSON {
                console.print(
                    name.isEmpty
                        ? "Default configs for \(type.rawValue) in the cluster are:"
                        : "\(all ? "All" : "Dynamic") configs for \(type.singular) \(name) are:"
                )
            }
            let configs =
                isOneRequest ? known[name, default: []] : try await configs(type, [name], all: all)[name, default: []]
            if asJSON {
                reports.append(ConfigText.json(type, name, configs))
            } else if !configs.isEmpty {
                console.print(configs.map(ConfigText.line).joined(separator: "\n"))
            }
        }
        if asJSON { console.print(JSONValue.array(reports).description) }
    }

    /// Everything of a type, with the default of brokers at the end.
    private func names(of type: ConfigEntityType) async throws(ConfigToolError) -> [String] {
        try await call { () throws(KafkaError) in
            switch type {
            case .topics: return try await admin.listTopics(includeInternal: true).map(\.name.rawValue)
            case .brokers, .brokerLoggers: return try await admin.describeCluster().brokers.map(\.id.description) + [""]
            case .clientMetrics: return try await admin.listConfigResources([.clientMetrics]).map(\.name).sorted()
            case .groups: return try await admin.listGroups().map(\.groupId.rawValue)
            case .users, .clients, .ips: return []
            }
        }
    }

    private typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult

    /// The configs by name, in order of theirs; without `all` those that were set while the broker ran.
    private func configs(
        _ type: ConfigEntityType,
        _ names: [String],
        all: Bool
    ) async throws(ConfigToolError) -> [String: [Entry]] {
        guard let (kind, source) = ConfigTool.kind(of: type) else { return [:] }
        if type == .topics, let name = names.first, names.count == 1, !name.isEmpty,
            let reason = ConfigTool.invalidity(ofTopic: name)
        {
            throw .failed("Topic name is invalid: \(reason)")
        }
        let answers = try await call { () throws(KafkaError) in
            try await admin.describeConfigs(names.map { ConfigResource(kind, $0) }, includeSynonyms: true)
        }
        var configs: [String: [Entry]] = [:]
        for (resource, answer) in answers {
            let entries: [Entry]
            switch answer {
            case .success(let found): entries = found
            case .failure(let error): throw await explained(error, type, resource.name)
            }
            let wanted = source(resource.name)
            configs[resource.name] = entries.filter { all || wanted == nil || $0.configSource == wanted?.rawValue }
                .sorted { $0.name < $1.name }
        }
        return configs
    }

    /// The resource of a type, and the source of what was set for it while the broker ran.
    private static func kind(
        of type: ConfigEntityType
    ) -> (ConfigResource.Kind, source: (String) -> ConfigText.Source?)? {
        switch type {
        case .topics: (.topic, { _ in .dynamicTopic })
        case .brokers: (.broker, { $0.isEmpty ? .dynamicDefaultBroker : .dynamicBroker })
        case .brokerLoggers: (.brokerLogger, { _ in nil })
        case .clientMetrics: (.clientMetrics, { _ in .dynamicClientMetrics })
        case .groups: (.group, { _ in .dynamicGroup })
        case .users, .clients, .ips: nil
        }
    }

    private func alter(
        _ type: ConfigEntityType,
        _ name: String,
        _ changes: ConfigChanges
    ) async throws(ConfigToolError) {
        guard let (kind, _) = ConfigTool.kind(of: type) else { return }
        let known = Set(try await configs(type, [name], all: false)[name, default: []].map(\.name))
        let unknown = changes.deleted.filter { !known.contains($0) }
        if type == .brokerLoggers {
            let invalid = unknown + changes.added.keys.sorted().filter { !known.contains($0) }
            guard invalid.isEmpty else {
                throw .illegal("Invalid broker logger(s): \(invalid.joined(separator: ","))")
            }
        }
        guard unknown.isEmpty else { throw .illegal("Invalid config(s): \(unknown.joined(separator: ","))") }
        let operations =
            changes.added.sorted { $0.key < $1.key }.map { ConfigChange($0.key, .set, $0.value) }
            + changes.deleted.map { ConfigChange($0, .delete, "") }
        let resource = ConfigResource(kind, name)
        let answers = try await call { () throws(KafkaError) in
            try await admin.incrementalAlterConfigs([resource: operations])
        }
        if case .failure(let error) = answers[resource] { throw await explained(error, type, name) }
    }

    /// Nil for names that topics may have.
    private static func invalidity(ofTopic name: String) -> String? {
        if name == "." || name == ".." { return "'\(name)' is not allowed" }
        if name.utf16.count > 249 { return "the length of '\(name)' is longer than the max allowed length 249" }
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isAllowed
            ? nil : "'\(name)' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    }

    // MARK: Calling

    func call<R>(_ body: () async throws(KafkaError) -> R) async throws(ConfigToolError) -> R {
        do throws(KafkaError) {
            return try await body()
        } catch {
            throw ConfigToolError(error)
        }
    }

    /// The error, with the topic that may have been meant.
    private func explained(_ error: KafkaError, _ type: ConfigEntityType, _ name: String) async -> ConfigToolError {
        let cause = "\(type.singular) \(name): \(JavaError.text(error))"
        guard type == .topics, error.code == .unknownTopicOrPartition else { return .failed(cause) }
        let names: [String]
        do throws(ConfigToolError) { names = try await self.names(of: .topics) } catch { return .failed(cause) }
        let meant = Suggestion.nearest(to: name, among: names)
        return .failed(cause: cause, hint: meant.map { "Did you mean \($0)?" })
    }
}
