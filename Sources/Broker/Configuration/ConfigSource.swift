/// Where a config's value comes from; the raw values are those of DescribeConfigs.
enum ConfigSource: Int8, Sendable {
    case dynamicTopic = 1
    case dynamicBroker = 2
    case dynamicDefaultBroker = 3
    case staticBroker = 4
    case defaultConfig = 5
    case dynamicBrokerLogger = 6
    case clientMetrics = 7
    case group = 8
}

/// One of the values that a config could take, by falling priority.
struct ConfigSynonym: Hashable, Sendable {
    let name: String
    let value: String?
    let source: ConfigSource
}

/// A config with the value in effect.
struct ResolvedConfig: Sendable {
    let definition: ConfigDefinition
    /// As Kafka prints it; nil where there is none.
    let value: String?
    let source: ConfigSource
    let synonyms: [ConfigSynonym]
}
