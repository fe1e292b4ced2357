import KafkaProtocol

/// Judges the configs of a client metrics subscription. See KIP-714.
enum ClientMetricsConfigRules {
    /// What a client can be known by.
    private static let parameters: Set<String> = [
        "client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address",
        "client_source_port",
    ]

    /// Errors: INVALID_REQUEST or INVALID_CONFIG with Kafka's sentence.
    static func check(_ overrides: [String: String]) throws(APIFailure) {
        for name in overrides.keys.sorted() where ClientMetricsConfigTable.byName[name] == nil {
            throw APIFailure(.invalidRequest, "Unknown client metrics configuration: \(name)")
        }
        for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
            let value: ConfigValue?
            do throws(InvalidConfigValue) {
                value = try ClientMetricsConfigTable.byName[name]?.parse(text)
            } catch { throw APIFailure(.invalidConfig, error.description) }
            switch (name, value) {
            case ("interval.ms", .integer(let interval)) where !(100...3_600_000).contains(interval):
                throw APIFailure(
                    .invalidRequest,
                    "Invalid value \(interval) for interval.ms, interval must be between 100 and 3600000 (1 hour)"
                )
            case ("match", .list(let patterns)):
                for pattern in patterns {
                    guard parameter(pattern) != nil else {
                        throw APIFailure(.invalidConfig, "Illegal client matching pattern: \(pattern)")
                    }
                }
            default: break
            }
        }
    }

    /// The name and the regular expression of `pattern`; nil where it is malformed.
    static func parameter(_ pattern: String) -> (name: String, expression: Regex<AnyRegexOutput>)? {
        let parts = pattern.split(separator: "=", omittingEmptySubsequences: false).map { $0.trimmingWhitespace() }
        guard parts.count == 2, !parts[1].isEmpty, parameters.contains(parts[0]) else { return nil }
        do { return (parts[0], try Regex(parts[1])) } catch { return nil }
    }
}
