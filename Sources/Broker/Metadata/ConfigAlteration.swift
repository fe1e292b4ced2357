import KafkaProtocol
import Records

/// A wish to change the configs of one resource.
struct ConfigAlteration: Sendable {
    /// What happens to one config; the raw values are those of IncrementalAlterConfigs.
    enum Operation: Int8, Sendable {
        case set = 0
        case delete = 1
        /// To the end of a list.
        case append = 2
        /// Out of a list.
        case subtract = 3
    }

    let resource: ConfigResource
    let operations: [(name: String, operation: Operation, value: String?)]
    /// Whether configs that are not named go away (AlterConfigs).
    let replacesAll: Bool

    /// The records that make the change; a config that stays as it is makes none, but for a broker's: setting it again
    /// makes brokers read anew what it names.
    ///
    /// Errors: ``APIFailure`` with Kafka's code and sentence; nothing of the alteration happens then.
    func plan(_ image: MetadataImage, _ resolver: ConfigResolver) throws(APIFailure) -> [AnyMetadataRecord] {
        try checkName(resolver.configuration.nodeID)
        let before = image.overrides(of: resource)
        var after = replacesAll ? [:] : before
        guard Set(operations.map(\.name)).count == operations.count else {
            throw APIFailure(.invalidRequest, "Error due to duplicate config keys")
        }
        let nulls = operations.filter { $0.operation != .delete && $0.value == nil }.map(\.name)
        guard nulls.isEmpty else {
            throw APIFailure(.invalidRequest, "Null value not supported for : \(nulls.joined(separator: ", "))")
        }
        for (name, operation, value) in operations {
            after[name] = try outcome(of: name, operation, value ?? "", before: after[name])
        }
        try checkValues(after, before, resolver)
        try checkExistence(image)
        let touched = Set(resource.kind == .broker ? operations.map(\.name) : [])
        return Set(before.keys).union(after.keys).union(touched).sorted().compactMap { name in
            guard before[name] != after[name] || touched.contains(name) else { return nil }
            return .config(
                ConfigRecord(
                    resourceType: resource.kind.rawValue,
                    resourceName: resource.name,
                    name: name,
                    value: after[name]
                )
            )
        }
    }

    private func outcome(
        of name: String,
        _ operation: Operation,
        _ value: String,
        before: String?
    ) throws(APIFailure) -> String? {
        if operation == .delete { return nil }
        if operation == .set { return value }
        let definition = definition(of: name)
        guard definition?.type == .list else {
            let verb = operation == .append ? "append" : "subtract"
            throw APIFailure(
                .invalidConfig,
                resource.kind == .broker
                    ? "Config value \(verb) is not allowed for config key: \(name)"
                    : "Can't \(verb.uppercased()) to key \(name) because its type is not LIST."
            )
        }
        var parts = items(before ?? definition?.defaultValue ?? "")
        switch operation {
        case .append: parts += items(value).filter { !parts.contains($0) }
        case .subtract: parts.removeAll { items(value).contains($0) }
        case .set, .delete: break
        }
        return parts.joined(separator: ",")
    }

    private func items(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
    }

    private func definition(of name: String) -> ConfigDefinition? {
        switch resource.kind {
        case .topic: TopicConfigTable.byName[name]
        case .broker, .brokerLogger: BrokerConfigTable.definition(of: name)
        case .group: GroupConfigTable.byName[name]
        case .clientMetrics: ClientMetricsConfigTable.byName[name]
        }
    }

    private func checkName(_ nodeID: BrokerID) throws(APIFailure) {
        switch resource.kind {
        case .topic:
            guard !resource.name.isEmpty else {
                throw APIFailure(.invalidRequest, "Default topic resources are not allowed.")
            }
            if let complaint = TopicNameRules.complaint(about: TopicName(resource.name)) {
                throw APIFailure(.invalidTopicException, complaint)
            }
        case .broker where resource.name.isEmpty: break
        case .broker:
            guard let id = Int32(resource.name) else {
                throw APIFailure(.invalidRequest, "Node id must be an integer, but it is: \(resource.name)")
            }
            guard BrokerID(id) == nodeID else {
                throw APIFailure(.invalidRequest, "Unexpected broker id, expected \(nodeID), but received \(id)")
            }
        case .brokerLogger:
            throw APIFailure(.invalidRequest, "Log levels of this broker are set where it is started, not by requests")
        case .clientMetrics:
            guard !resource.name.isEmpty else {
                throw APIFailure(.invalidRequest, "Subscription name can't be empty")
            }
        case .group:
            guard !resource.name.isEmpty else {
                throw APIFailure(.invalidRequest, "Default group resources are not allowed.")
            }
        }
    }

    private func checkValues(
        _ after: [String: String],
        _ before: [String: String],
        _ resolver: ConfigResolver
    ) throws(APIFailure) {
        switch resource.kind {
        case .topic: try TopicConfigRules.check(after)
        case .broker:
            try BrokerConfigRules.check(
                after,
                changed: after.keys.filter { before[$0] != after[$0] }.sorted(),
                isDefault: resource.name.isEmpty,
                resolver
            )
        case .group: try GroupConfigRules.check(after, resolver)
        case .clientMetrics: try ClientMetricsConfigRules.check(after)
        case .brokerLogger: break
        }
    }

    private func checkExistence(_ image: MetadataImage) throws(APIFailure) {
        guard resource.kind == .topic, image.topic(TopicName(resource.name)) == nil else { return }
        throw APIFailure(.unknownTopicOrPartition, "The topic '\(resource.name)' does not exist.")
    }
}
