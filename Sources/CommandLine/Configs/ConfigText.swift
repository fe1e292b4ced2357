import KafkaProtocol

/// How configs are printed.
enum ConfigText {
    /// Where a config's value comes from; the raw value is DescribeConfigs'.
    enum Source: Int8, Sendable {
        case dynamicTopic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case `default` = 5
        case dynamicBrokerLogger = 6
        case dynamicClientMetrics = 7
        case dynamicGroup = 8

        var name: String {
            switch self {
            case .dynamicTopic: "DYNAMIC_TOPIC_CONFIG"
            case .dynamicBroker: "DYNAMIC_BROKER_CONFIG"
            case .dynamicDefaultBroker: "DYNAMIC_DEFAULT_BROKER_CONFIG"
            case .staticBroker: "STATIC_BROKER_CONFIG"
            case .default: "DEFAULT_CONFIG"
            case .dynamicBrokerLogger: "DYNAMIC_BROKER_LOGGER_CONFIG"
            case .dynamicClientMetrics: "DYNAMIC_CLIENT_METRICS_CONFIG"
            case .dynamicGroup: "DYNAMIC_GROUP_CONFIG"
            }
        }
    }

    static func sourceName(_ number: Int8) -> String { Source(rawValue: number)?.name ?? "UNKNOWN" }

    /// A config with all that it overrides.
    static func line(_ config: DescribeConfigsResponse.DescribeConfigsResourceResult) -> String {
        let synonyms = config.synonyms.map { "\(sourceName($0.source)):\($0.name)=\($0.value ?? "null")" }
        return "  \(config.name)=\(config.value ?? "null") sensitive=\(config.isSensitive) "
            + "synonyms={\(synonyms.joined(separator: ", "))}"
    }

    /// The entity and its configs; the name of the default is null.
    static func json(
        _ type: ConfigEntityType,
        _ name: String,
        _ configs: [DescribeConfigsResponse.DescribeConfigsResourceResult]
    ) -> JSONValue {
        .members([
            "entityType": .string(type.rawValue),
            "entityName": .text(name.isEmpty ? nil : name),
            "configs": .array(
                configs.map { config in
                    .members([
                        "name": .string(config.name), "value": .text(config.value),
                        "source": .string(sourceName(config.configSource)), "sensitive": .bool(config.isSensitive),
                        "readOnly": .bool(config.readOnly),
                        "synonyms": .array(
                            config.synonyms.map {
                                .members([
                                    "source": .string(sourceName($0.source)), "name": .string($0.name),
                                    "value": .text($0.value),
                                ])
                            }
                        ),
                    ])
                }
            ),
        ])
    }
}
