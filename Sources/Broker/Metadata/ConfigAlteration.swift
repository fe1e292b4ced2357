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

    /// The records that make the change; a config that stays as it is makes none.
    ///
    /// Errors: ``APIFailure`` with Kafka's code and sentence; nothing of the alteration happens then.
    func plan(_ image: MetadataImage, nodeID: BrokerID) throws(APIFailure) -> [AnyMetadataRecord] {
        try checkResource(image, nodeID)
        let before = image.overrides(of: resource)
        var after = replacesAll ? [:] : before
        var seen: Set<String> = []
        for (name, operation, value) in operations {
            guard seen.insert(name).inserted else {
                throw APIFailure(.invalidRequest, "Error due to duplicate config keys")
            }
            after[name] = try outcome(of: name, operation, value, before: after[name])
        }
        try checkValues(after, before)
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            guard before[name] != after[name] else { return nil }
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
        _ value: String?,
        before: String?
    ) throws(APIFailure) -> String? {
        if operation == .delete { return nil }
        guard let value else {
            throw APIFailure(.invalidRequest, "Null value not supported for : \(name)")
        }
        if operation == .set { return value }
        let definition = definition(of: name)
        guard definition?.type == .list else {
            let verb = operation == .append ? "append to" : "subtract from"
            throw APIFailure(.invalidConfig, "Can't \(verb) key \(name) because its type is not LIST.")
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
        resource.kind == .topic ? TopicConfigTable.byName[name] : BrokerConfigTable.definition(of: name)
    }

    private func checkResource(_ image: MetadataImage, _ nodeID: BrokerID) throws(APIFailure) {
        switch resource.kind {
        case .topic:
            let name = TopicName(resource.name)
            if let complaint = TopicNameRules.complaint(about: name) {
                throw APIFailure(.invalidTopicException, complaint)
            }
            guard image.topic(name) != nil else {
                throw APIFailure(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
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
        case .clientMetrics, .group:
            guard !resource.name.isEmpty else {
                throw APIFailure(.invalidRequest, "The resource's name must not be empty")
            }
        }
    }

    private func checkValues(_ after: [String: String], _ before: [String: String]) throws(APIFailure) {
        switch resource.kind {
        case .topic: try TopicConfigRules.check(after)
        case .broker:
            let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
            let fixed = changed.filter { definition(of: $0)?.update == .readOnly }
            guard fixed.isEmpty else {
                throw APIFailure(
                    .invalidRequest,
                    "Cannot update these configs dynamically: Set(\(fixed.joined(separator: ", ")))"
                )
            }
            for name in changed {
                do throws(InvalidConfigValue) {
                    _ = try definition(of: name)?.parse(after[name])
                } catch { throw APIFailure(.invalidRequest, error.description) }
            }
        case .brokerLogger, .clientMetrics, .group: break
        }
    }
}
