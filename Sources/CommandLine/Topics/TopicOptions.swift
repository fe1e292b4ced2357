/// What `millrace topics` was called with.
///
/// Numbers are kept as text, because Kafka's tool complains of a bad one only when it is used.
struct TopicOptions: Sendable {
    static let create = ToolOption.flag("create", "Create a topic.")
    static let list = ToolOption.flag("list", "List the names of topics.")
    static let describe = ToolOption.flag("describe", "Describe topics: all, or those that match --topic.")
    static let alter = ToolOption.flag("alter", "Raise the number of partitions.")
    static let delete = ToolOption.flag("delete", "Delete topics.")
    static let topic = ToolOption.value("topic", "name", "The topic; a regular expression, except with --create.")
    static let topicID = ToolOption.value("topic-id", "id", "The id of the topic to describe.")
    static let partitions = ToolOption.value(
        "partitions",
        "count",
        "The number of partitions; the broker's default where it is left out."
    )
    static let replicationFactor = ToolOption.value(
        "replication-factor",
        "count",
        "How many brokers hold each partition; the broker's default where it is left out."
    )
    static let replicaAssignment = ToolOption.value(
        "replica-assignment",
        "1:2,2:3,...",
        "The brokers of each partition."
    )
    static let config = ToolOption.value("config", "name=value", "A config of the new topic; may be repeated.")
    static let underReplicated = ToolOption.flag(
        "under-replicated-partitions",
        "Describe only partitions that lack replicas in sync."
    )
    static let unavailable = ToolOption.flag(
        "unavailable-partitions",
        "Describe only partitions without a live leader."
    )
    static let underMinISR = ToolOption.flag(
        "under-min-isr-partitions",
        "Describe only partitions with fewer than min.insync.replicas in sync."
    )
    static let atMinISR = ToolOption.flag(
        "at-min-isr-partitions",
        "Describe only partitions with exactly min.insync.replicas in sync."
    )
    static let topicsWithOverrides = ToolOption.flag(
        "topics-with-overrides",
        "Describe only topics with configs of their own."
    )
    static let ifExists = ToolOption.flag("if-exists", "Do nothing where the topic is missing.")
    static let ifNotExists = ToolOption.flag("if-not-exists", "Do nothing where the topic exists.")
    static let excludeInternal = ToolOption.flag("exclude-internal", "Leave out topics that belong to Kafka itself.")
    static let partitionSizeLimit = ToolOption.value(
        "partition-size-limit-per-response",
        "count",
        "How many partitions one answer may describe."
    )
    static let all: [ToolOption] = [
        create, list, describe, alter, delete, .bootstrapServer, .commandConfig, topic, topicID, partitions,
        replicationFactor, replicaAssignment, config, underReplicated, unavailable, underMinISR, atMinISR,
        topicsWithOverrides, ifExists, ifNotExists, excludeInternal, partitionSizeLimit, .output,
    ]

    private let given: ToolOptions
    let bootstrapServer: String?
    let commandConfig: String?
    let topic: String?
    let topicID: String?
    let partitions: String?
    let replicationFactor: String?
    let replicaAssignment: String?
    let config: [String]
    let partitionSizeLimit: String?
    let asJSON: Bool

    /// Errors: options that were given twice, and an unknown output format.
    init(_ given: ToolOptions) throws(ToolFailure) {
        func value(_ option: ToolOption) throws(ToolFailure) -> String? {
            try TopicsCommand.read { () throws(OptionError) in try given.value(option) }
        }
        self.given = given
        bootstrapServer = try value(.bootstrapServer)
        commandConfig = try value(.commandConfig)
        topic = try value(TopicOptions.topic)
        topicID = try value(TopicOptions.topicID)
        partitions = try value(TopicOptions.partitions)
        replicationFactor = try value(TopicOptions.replicationFactor)
        replicaAssignment = try value(TopicOptions.replicaAssignment)
        partitionSizeLimit = try value(TopicOptions.partitionSizeLimit)
        config = given.values(TopicOptions.config)
        asJSON = try TopicsCommand.wantsJSON(given)
    }

    /// Whether the flag was given.
    func has(_ option: ToolOption) -> Bool { given.has(option) }

    var ifExists: Bool { has(TopicOptions.ifExists) }
    var ifNotExists: Bool { has(TopicOptions.ifNotExists) }
    var excludeInternal: Bool { has(TopicOptions.excludeInternal) }
}
