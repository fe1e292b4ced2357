import Logging

/// Says in the log when somebody sets a config that is known but changes nothing here: nobody should trust in it.
struct ConfigNotices: MetadataListener {
    /// The broker's configs whose changes reach running logs: those that a topic takes its values from.
    private static let dynamicNames = Set(TopicConfigTable.definitions.filter(\.isHonoured).compactMap(\.synonym))

    let logger: Logger

    func willPublish(_ change: MetadataChange) {}

    func didPublish(_ change: MetadataChange) {
        for resource in change.changedConfigs {
            let before = change.before.overrides(of: resource)
            for (name, value) in change.after.overrides(of: resource) where before[name] != value {
                guard ConfigNotices.isWithoutEffect(name, value, resource.kind) else { continue }
                logger.notice("the config \(name)=\(value) of \(resource.kind) '\(resource.name)' has no effect here")
            }
        }
    }

    /// Whether the running broker behaves the same with and without it.
    static func isWithoutEffect(_ name: String, _ value: String, _ kind: ConfigResource.Kind) -> Bool {
        switch kind {
        case .topic:
            guard let definition = TopicConfigTable.byName[name] else { return true }
            return !definition.isHonoured && definition.defaultValue != value
        case .broker: return !dynamicNames.contains(name)
        case .brokerLogger, .clientMetrics, .group: return true
        }
    }
}
