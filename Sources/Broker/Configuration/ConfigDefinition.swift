/// One row of a config table: what a dotted name means, which values it takes and what it is without one.
///
/// The tables answer DescribeConfigs, judge AlterConfigs and CreateTopics, and read the properties file.
struct ConfigDefinition: Sendable {
    let name: String
    let type: ConfigType
    /// As it would stand in a file; nil where the config has no default.
    let defaultValue: String?
    let importance: Importance
    let validity: ConfigValidity
    /// The broker's config that a topic takes its value from; nil for the broker's own configs.
    let synonym: String?
    let update: Update
    /// False where the name is known and its value checked, but nothing here depends on it. Whoever sets such a config is
    /// told so in the log.
    let isHonoured: Bool
    let documentation: String

    enum Importance: Sendable { case high, medium, low }

    /// Whether a value can be changed while the broker runs, and for whom.
    enum Update: Sendable { case readOnly, perBroker, clusterWide }

    init(
        _ name: String,
        _ type: ConfigType,
        _ defaultValue: String?,
        _ importance: Importance,
        _ validity: ConfigValidity = .any,
        synonym: String? = nil,
        update: Update = .readOnly,
        isHonoured: Bool = true,
        doc documentation: String
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.importance = importance
        self.validity = validity
        self.synonym = synonym
        self.update = update
        self.isHonoured = isHonoured
        self.documentation = documentation
    }

    /// What stands for a name that nobody knows, and that was set all the same.
    static func unknown(_ name: String, _ update: Update) -> ConfigDefinition {
        ConfigDefinition(name, .unknown, nil, .medium, update: update, isHonoured: false, doc: "")
    }

    /// The same under another name, that with a listener's prefix.
    func named(_ other: String) -> ConfigDefinition {
        ConfigDefinition(
            other,
            type,
            defaultValue,
            importance,
            validity,
            synonym: synonym,
            update: update,
            isHonoured: isHonoured,
            doc: documentation
        )
    }

    /// Whether it stands in no file: limits of replication, which are only ever set while the broker runs.
    var isDynamicOnly: Bool {
        switch name {
        case "leader.replication.throttled.rate", "follower.replication.throttled.rate",
            "replica.alter.log.dirs.io.max.bytes.per.second":
            true
        default: false
        }
    }

    /// Secrets are never shown, and what may be one is not either.
    var isSensitive: Bool { type == .password || type == .unknown }

    /// Reads and judges `text`. Errors: ``InvalidConfigValue``, worded as Kafka does.
    func parse(_ text: String?) throws(InvalidConfigValue) -> ConfigValue {
        guard let text else { return .null }
        let value = try type.parse(text, name: name)
        if let complaint = validity.complaint(about: value) {
            throw InvalidConfigValue(name: name, value: text, reason: complaint)
        }
        return value
    }
}

/// A value that a config does not take.
struct InvalidConfigValue: Error, Hashable, Sendable, CustomStringConvertible {
    let name: String
    let value: String
    let reason: String

    var description: String { "Invalid value \(value) for configuration \(name): \(reason)" }
}
