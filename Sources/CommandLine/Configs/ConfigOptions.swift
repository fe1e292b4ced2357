/// What `millrace configs` was called with.
struct ConfigOptions: Sendable {
    static let bootstrapController = ToolOption.value(
        "bootstrap-controller",
        "host:port,...",
        "The controllers to connect to, in place of --bootstrap-server."
    )
    static let describe = ToolOption.flag("describe", "Print the configs of entities.")
    static let alter = ToolOption.flag("alter", "Change the configs of an entity.")
    static let all = ToolOption.flag("all", "Print all configs, not only those that were set while the broker ran.")
    static let entityType = ToolOption.value(
        "entity-type",
        "type",
        "What has the configs: topics, clients, users, brokers, broker-loggers, ips, client-metrics or groups. "
            + "Users and "
            + "clients go together for the quota of a client of a user."
    )
    static let entityName = ToolOption.value("entity-name", "name", "Which of them; one for each --entity-type.")
    static let entityDefault = ToolOption.flag(
        "entity-default",
        "The default of the --entity-type, in place of a name."
    )
    static let addConfig = ToolOption.value(
        "add-config",
        "k1=v1,k2=[v1,v2]",
        "Configs to set; brackets hold values with commas."
    )
    static let addConfigFile = ToolOption.value("add-config-file", "file", "A properties file of configs to set.")
    static let deleteConfig = ToolOption.value("delete-config", "k1,k2", "Configs to set back to their defaults.")
    static let force = ToolOption.flag("force", "Ask nothing; the tool never does.")
    static let topic = ToolOption.value("topic", "name", "Short for --entity-type topics --entity-name.")
    static let client = ToolOption.value("client", "id", "Short for --entity-type clients --entity-name.")
    static let clientDefaults = ToolOption.flag("client-defaults", "Short for --entity-type clients --entity-default.")
    static let user = ToolOption.value("user", "name", "Short for --entity-type users --entity-name.")
    static let userDefaults = ToolOption.flag("user-defaults", "Short for --entity-type users --entity-default.")
    static let broker = ToolOption.value("broker", "id", "Short for --entity-type brokers --entity-name.")
    static let brokerDefaults = ToolOption.flag("broker-defaults", "Short for --entity-type brokers --entity-default.")
    static let brokerLogger = ToolOption.value("broker-logger", "id", "Short for --entity-type broker-loggers.")
    static let ipDefaults = ToolOption.flag("ip-defaults", "Short for --entity-type ips --entity-default.")
    static let ip = ToolOption.value("ip", "address", "Short for --entity-type ips --entity-name.")
    static let group = ToolOption.value("group", "id", "Short for --entity-type groups --entity-name.")
    static let clientMetrics = ToolOption.value("client-metrics", "name", "Short for --entity-type client-metrics.")
    static let list: [ToolOption] = [
        .bootstrapServer, bootstrapController, .commandConfig, describe, alter, all, entityType, entityName,
        entityDefault, addConfig, addConfigFile, deleteConfig, force, topic, client, clientDefaults, user, userDefaults,
        broker, brokerDefaults, brokerLogger, ip, ipDefaults, group, clientMetrics, .output,
    ]

    /// Options that name a type and an entity at once, in the order in which Kafka's tool looks at them.
    private static let named: [(ToolOption, ConfigEntityType)] = [
        (topic, .topics), (client, .clients), (user, .users), (broker, .brokers), (brokerLogger, .brokerLoggers),
        (ip, .ips), (clientMetrics, .clientMetrics), (group, .groups),
    ]
    private static let defaults: [(ToolOption, ConfigEntityType)] = [
        (clientDefaults, .clients), (userDefaults, .users), (brokerDefaults, .brokers), (ipDefaults, .ips),
    ]

    let given: ToolOptions
    /// The types, as they were written.
    let typeNames: [String]
    /// The names, of which an empty one stands for the default.
    let names: [String]

    /// Errors: options that were given twice.
    init(_ given: ToolOptions) throws(OptionError) {
        self.given = given
        let named = ConfigOptions.named.filter { given.has($0.0) }
        let defaults = ConfigOptions.defaults.filter { given.has($0.0) }
        typeNames = given.values(ConfigOptions.entityType) + (named + defaults).map(\.1.rawValue)
        var names: [String] = []
        for occurrence in given.occurrences {
            if occurrence.option == ConfigOptions.entityName { names.append(occurrence.value ?? "") }
            if occurrence.option == ConfigOptions.entityDefault { names.append("") }
        }
        for (option, _) in named { names.append(try given.value(option) ?? "") }
        self.names = names + defaults.map { _ in "" }
    }

    /// Whether one of the options that name a type and an entity at once was given.
    var hasShortForm: Bool { (ConfigOptions.named + ConfigOptions.defaults).contains { given.has($0.0) } }
}

/// What has configs, by the word of `--entity-type`.
enum ConfigEntityType: String, CaseIterable, Sendable {
    // In the order in which Kafka's tool lists them.
    case topics, clients, users, brokers, ips
    case brokerLoggers = "broker-loggers"
    case clientMetrics = "client-metrics"
    case groups

    /// One of them: the word without its last letter.
    var singular: String { String(rawValue.dropLast()) }
}
