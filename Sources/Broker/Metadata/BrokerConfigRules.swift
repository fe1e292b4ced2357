import KafkaProtocol

/// Judges configs that are set on a broker, or on all brokers, while they run.
enum BrokerConfigRules {
    private static let threadCounts: Set<String> = [
        "num.io.threads", "num.network.threads", "num.replica.fetchers", "num.recovery.threads.per.data.dir",
        "background.threads",
    ]
    /// Those of a listener that may be set for all brokers at once.
    private static let clusterWideListenerConfigs: Set<String> = [
        "max.connections", "max.connection.creation.rate", "num.network.threads",
    ]

    /// `changed` are the names that the request sets anew. Names that nobody knows are taken: they may be those of a
    /// plugin. Errors: INVALID_REQUEST with Kafka's sentence.
    static func check(
        _ overrides: [String: String],
        changed: [String],
        isDefault: Bool,
        _ resolver: ConfigResolver
    ) throws(APIFailure) {
        let fixed = overrides.keys.filter { BrokerConfigTable.byName[$0]?.update == .readOnly }
        guard fixed.isEmpty else { throw refusal("Cannot update these configs dynamically", fixed) }
        let security = overrides.keys.filter { $0.hasPrefix("ssl.") && BrokerConfigTable.byName[$0] != nil }
        guard security.isEmpty else {
            throw refusal(
                "These security configs can be dynamically updated only per-listener using the listener prefix",
                security
            )
        }
        for name in overrides.keys.sorted() {
            do throws(InvalidConfigValue) {
                _ = try BrokerConfigTable.definition(of: name)?.parse(overrides[name])
            } catch { throw APIFailure(.invalidRequest, error.description) }
        }
        let ofOne = isDefault ? overrides.keys.filter(isPerBroker) : []
        guard ofOne.isEmpty else {
            throw refusal("Cannot update these configs at default cluster level, broker id must be specified", ofOne)
        }
        for name in changed {
            guard let text = overrides[name], let value = Int64(text.trimmingWhitespace()) else { continue }
            if threadCounts.contains(name) { try checkThreads(name, value, before: resolver.brokerInteger(name)) }
        }
    }

    private static func isPerBroker(_ name: String) -> Bool {
        guard let definition = BrokerConfigTable.definition(of: name) else { return name.hasPrefix("listener.name.") }
        if definition.name != name { return !clusterWideListenerConfigs.contains(definition.name) }
        return definition.update == .perBroker
    }

    private static func checkThreads(_ name: String, _ value: Int64, before: Int64) throws(APIFailure) {
        guard value != before else { return }
        let complaint: String? =
            switch value {
            case ...0: "value should be at least 1"
            case ..<(before / 2): "value should be at least half the current value \(before)"
            case (before * 2 + 1)...: "value should not be greater than double the current value \(before)"
            default: nil
            }
        guard let complaint else { return }
        throw APIFailure(
            .invalidRequest,
            "Dynamic thread count update validation failed for \(name)=\(value), \(complaint)"
        )
    }

    private static func refusal(_ message: String, _ names: [String]) -> APIFailure {
        APIFailure(.invalidRequest, "\(message): Set(\(names.sorted().joined(separator: ", ")))")
    }
}
