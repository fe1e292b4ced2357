import KafkaProtocol

/// Judges the configs of a topic by the table, and by what must hold between them.
enum TopicConfigRules {
    /// Errors: INVALID_CONFIG with Kafka's sentence.
    static func check(_ overrides: [String: String]) throws(APIFailure) {
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let definition = TopicConfigTable.byName[name] else {
                throw APIFailure(.invalidConfig, "Unknown topic config name: \(name)")
            }
            do throws(InvalidConfigValue) {
                _ = try definition.parse(value)
            } catch {
                throw APIFailure(.invalidConfig, error.description)
            }
        }
        try checkCompactionLags(overrides)
        try checkTiering(overrides)
    }

    private static func checkCompactionLags(_ overrides: [String: String]) throws(APIFailure) {
        let least = overrides["min.compaction.lag.ms"].flatMap { Int64($0.trimmingWhitespace()) } ?? 0
        let most = overrides["max.compaction.lag.ms"].flatMap { Int64($0.trimmingWhitespace()) } ?? .max
        guard least <= most else {
            throw APIFailure(
                .invalidConfig,
                "conflict topic config setting min.compaction.lag.ms (\(least)) > max.compaction.lag.ms (\(most))"
            )
        }
    }

    private static func checkTiering(_ overrides: [String: String]) throws(APIFailure) {
        if overrides["remote.storage.enable"]?.trimmingWhitespace().lowercased() == "true" {
            throw APIFailure(
                .invalidConfig,
                "Tiered Storage functionality is disabled in the broker. "
                    + "Topic cannot be configured with remote log storage."
            )
        }
    }
}
