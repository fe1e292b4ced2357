import Records

/// Finds the value in effect of a topic's or a broker's config: the topic's own, then dynamic ones of this broker and
/// of all brokers, then the properties file, then the default.
struct ConfigResolver: Sendable {
    let configuration: BrokerConfiguration
    private let dynamicBroker: [String: String]
    private let dynamicDefault: [String: String]

    init(configuration: BrokerConfiguration, image: MetadataImage) {
        self.configuration = configuration
        dynamicBroker = image.overrides(of: .broker(configuration.nodeID))
        dynamicDefault = image.overrides(of: .brokerDefault)
    }

    /// Every config of a topic that has `overrides`.
    func topicConfigs(overrides: [String: String]) -> [ResolvedConfig] {
        TopicConfigTable.definitions.map { topicConfig($0, overrides: overrides) }
    }

    func topicConfig(_ definition: ConfigDefinition, overrides: [String: String]) -> ResolvedConfig {
        var synonyms = definition.synonym.map { brokerSynonyms(of: $0) } ?? []
        if let own = overrides[definition.name] {
            let value = ConfigResolver.printed(definition, own)
            synonyms.insert(ConfigSynonym(name: definition.name, value: value, source: .dynamicTopic), at: 0)
        }
        return ResolvedConfig(
            definition: definition,
            value: topicValue(definition, overrides: overrides),
            source: synonyms.first?.source ?? .defaultConfig,
            synonyms: synonyms
        )
    }

    /// Every config of a group that has `overrides`.
    func groupConfigs(overrides: [String: String]) -> [ResolvedConfig] {
        GroupConfigTable.definitions.map { definition in
            let own = overrides[definition.name]
            let text = own ?? definition.synonym.flatMap { brokerValue($0) } ?? definition.defaultValue
            let value = text.map { ConfigResolver.printed(definition, $0) }
            let source: ConfigSource = own == nil ? .defaultConfig : .group
            return ResolvedConfig(
                definition: definition,
                value: value,
                source: source,
                synonyms: [ConfigSynonym(name: definition.name, value: value, source: source)]
            )
        }
    }

    /// The value in effect of a group's integer config: its own, then the broker's.
    func groupInteger(_ name: String, overrides: [String: String]) -> Int64 {
        let definition = GroupConfigTable.byName[name]
        let text = overrides[name] ?? definition?.synonym.flatMap { brokerValue($0) } ?? definition?.defaultValue
        return text.flatMap { Int64($0.trimmingWhitespace()) } ?? 0
    }

    /// Every config of this broker, and what was set under names that nobody knows.
    func brokerConfigs() -> [ResolvedConfig] {
        let set = Set(configuration.properties.keys).union(dynamicBroker.keys).union(dynamicDefault.keys)
        let known = BrokerConfigTable.definitions.filter { !$0.isDynamicOnly || set.contains($0.name) }
        let others = set.filter { BrokerConfigTable.byName[$0] == nil }.sorted().map { name in
            BrokerConfigTable.definition(of: name)?.named(name) ?? .unknown(name, .readOnly)
        }
        return (known + others).map { definition in
            let synonyms = brokerSynonyms(of: definition.name)
            let value = brokerValue(definition.name) ?? definition.defaultValue
            return ResolvedConfig(
                definition: definition,
                value: value.map { ConfigResolver.printed(definition, $0) },
                source: synonyms.first?.source ?? .defaultConfig,
                synonyms: synonyms
            )
        }
    }

    /// What was set for all brokers together.
    func clusterDefaultConfigs() -> [ResolvedConfig] {
        dynamicDefault.sorted { $0.key < $1.key }.map { name, text in
            let definition = BrokerConfigTable.definition(of: name)?.named(name) ?? .unknown(name, .readOnly)
            let value = ConfigResolver.printed(definition, text)
            let synonyms = brokerSynonyms(of: name).filter { $0.source == .dynamicDefaultBroker }
            return ResolvedConfig(
                definition: definition,
                value: value,
                source: .dynamicDefaultBroker,
                synonyms: synonyms
            )
        }
    }

    /// The value of `definition` for a topic, as text.
    func topicValue(_ definition: ConfigDefinition, overrides: [String: String]) -> String? {
        let text = overrides[definition.name] ?? inherited(definition) ?? definition.defaultValue
        return text.map { ConfigResolver.printed(definition, $0) }
    }

    /// What was set for `name` on brokers, without defaults.
    func brokerValue(_ name: String) -> String? {
        dynamicBroker[name] ?? dynamicDefault[name] ?? staticValue(name)
    }

    /// The value in effect of a broker's integer config, dynamic ones included.
    func brokerInteger(_ name: String) -> Int64 {
        brokerValue(name).flatMap { Int64($0.trimmingWhitespace()) } ?? configuration.integer(name)
    }

    /// The value in effect of a broker's config of type double, dynamic ones included.
    func brokerNumber(_ name: String) -> Double {
        let text = brokerValue(name) ?? BrokerConfigTable.byName[name]?.defaultValue
        return text.flatMap { Double($0.trimmingWhitespace()) } ?? .greatestFiniteMagnitude
    }

    private func staticValue(_ name: String) -> String? {
        if name == "broker.id" || name == "node.id" { return String(configuration.nodeID.rawValue) }
        return configuration.properties[name]
    }

    /// The broker's value for a topic config, from the most exact unit that is set.
    private func inherited(_ definition: ConfigDefinition) -> String? {
        guard let synonym = definition.synonym else { return nil }
        for candidate in ConfigResolver.units(of: synonym) {
            guard let text = brokerValue(candidate.name) else { continue }
            guard candidate.millisecondsPerUnit != 1, let value = Int64(text.trimmingWhitespace()) else { return text }
            return value < 0 ? "-1" : String(value.multipliedSaturating(by: candidate.millisecondsPerUnit))
        }
        return nil
    }

    /// By falling priority; those before the first that bears `name` itself are left out, as Kafka does.
    private func brokerSynonyms(of name: String) -> [ConfigSynonym] {
        let names = ConfigResolver.units(of: name).map(\.name)
        var synonyms: [ConfigSynonym] = []
        func add(_ source: ConfigSource, _ value: (String) -> String?) {
            for candidate in names {
                guard let text = value(candidate) else { continue }
                let definition = BrokerConfigTable.definition(of: candidate) ?? .unknown(candidate, .readOnly)
                let shown = definition.isSensitive ? nil : ConfigResolver.printed(definition, text)
                synonyms.append(ConfigSynonym(name: candidate, value: shown, source: source))
            }
        }
        add(.dynamicBroker) { dynamicBroker[$0] }
        add(.dynamicDefaultBroker) { dynamicDefault[$0] }
        add(.staticBroker, staticValue)
        add(.defaultConfig) { BrokerConfigTable.byName[$0]?.defaultValue }
        return Array(synonyms.drop { $0.name != name })
    }

    /// The names under which the same thing can be set, the most exact first.
    private static func units(of name: String) -> [(name: String, millisecondsPerUnit: Int64)] {
        let (minute, hour): (Int64, Int64) = (60_000, 3_600_000)
        return switch name {
        case "log.retention.ms", "log.retention.minutes", "log.retention.hours":
            [("log.retention.ms", 1), ("log.retention.minutes", minute), ("log.retention.hours", hour)]
        case "log.roll.ms", "log.roll.hours": [("log.roll.ms", 1), ("log.roll.hours", hour)]
        case "log.roll.jitter.ms", "log.roll.jitter.hours":
            [("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", hour)]
        case "log.flush.interval.ms": [(name, 1), ("log.flush.scheduler.interval.ms", 1)]
        default: [(name, 1)]
        }
    }

    /// `text` as Kafka prints it after reading it.
    private static func printed(_ definition: ConfigDefinition, _ text: String) -> String {
        switch definition.type {
        case .boolean: text.trimmingWhitespace().lowercased()
        case .int, .short, .long: Int64(text.trimmingWhitespace()).map { String($0) } ?? text
        case .list: text.split(separator: ",").map { $0.trimmingWhitespace() }.joined(separator: ",")
        case .double, .string, .class, .password: text.trimmingWhitespace()
        case .unknown: text
        }
    }
}

extension Int64 {
    /// The product, or the largest number where it does not fit.
    fileprivate func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
