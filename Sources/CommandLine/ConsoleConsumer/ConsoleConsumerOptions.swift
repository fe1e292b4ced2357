/// What `millrace console-consumer` was called with.
///
/// Kafka renamed some options and accepts both names, but not together. See KIP-1147.
struct ConsoleConsumerOptions: Sendable {
    static let topicName = ToolOption.value("topic", "name", "The topic to read.")
    static let includePattern = ToolOption.value("include", "expression", "Read the topics whose names match.")
    static let partitionNumber = ToolOption.value("partition", "number", "Read this partition alone.")
    static let startOffset = ToolOption.value(
        "offset",
        "offset",
        "Where to begin in the partition: a number, earliest, or latest."
    )
    static let fromBeginning = ToolOption.flag(
        "from-beginning",
        "Begin at the first record where the group has no offset."
    )
    static let groupID = ToolOption.value("group", "id", "The group to read as.")
    static let maximum = ToolOption.value("max-messages", "count", "End after so many records.")
    static let timeout = ToolOption.value("timeout-ms", "ms", "End when no record came for so long.")
    static let isolation = ToolOption.value(
        "isolation-level",
        "level",
        "read_committed leaves out what transactions have not committed."
    )
    static let skipMessageOnError = ToolOption.flag("skip-message-on-error", "Pass over records that cannot be shown.")
    static let formatterClass = ToolOption.value(
        "formatter",
        "class",
        "How records are shown: Kafka's default, logging or no-op formatter, or that of groups, offsets or transactions."
    )
    static let formatterProperty = ToolOption.value(
        "formatter-property",
        "name=value",
        "A property of the formatter; may be repeated."
    )
    static let property = ToolOption.value("property", "name=value", "The old name of --formatter-property.")
    static let formatterFile = ToolOption.value("formatter-config", "file", "Properties of the formatter.")
    static let keyClass = ToolOption.value("key-deserializer", "class", "How keys are shown.")
    static let valueClass = ToolOption.value("value-deserializer", "class", "How values are shown.")
    static let commandProperty = ToolOption.value(
        "command-property",
        "name=value",
        "A property of the consumer; may be repeated."
    )
    static let consumerProperty = ToolOption.value(
        "consumer-property",
        "name=value",
        "The old name of --command-property."
    )
    static let consumerFile = ToolOption.value("consumer.config", "file", "The old name of --command-config.")
    static let systestEvents = ToolOption.flag("enable-systest-events", "Say when the consumer has shut down.")

    static let all: [ToolOption] = [
        .bootstrapServer, topicName, includePattern, partitionNumber, startOffset, fromBeginning, groupID, maximum,
        timeout, isolation, skipMessageOnError, formatterClass, formatterProperty, property, formatterFile, keyClass,
        valueClass, commandProperty, consumerProperty, .commandConfig, consumerFile, systestEvents,
    ]

    let bootstrapServer: String?
    let topic: String?
    let include: String?
    let partition: Int32?
    let offset: String?
    let fromBeginning: Bool
    let group: String?
    let maxMessages: Int32?
    let timeoutMs: Int64?
    let isolationLevel: String?
    let skipsErrors: Bool
    let formatter: String
    let formatterProperties: [String]
    let formatterConfig: String?
    let keyDeserializer: String?
    let valueDeserializer: String?
    let consumerProperties: [String]
    let consumerConfig: String?
    let enableSystestEvents: Bool

    /// Errors: options that were given twice, old and new names together, and what is no number.
    init(_ given: ToolOptions) throws(ToolFailure) {
        let reader = OptionReader(given)
        bootstrapServer = try reader.value(.bootstrapServer)
        topic = try reader.value(Self.topicName)
        include = try reader.value(Self.includePattern)
        partition = try reader.number(Self.partitionNumber)
        offset = try reader.value(Self.startOffset)
        fromBeginning = given.has(Self.fromBeginning)
        group = try reader.value(Self.groupID)
        maxMessages = try reader.number(Self.maximum)
        timeoutMs = try reader.number(Self.timeout)
        isolationLevel = try reader.value(Self.isolation)
        skipsErrors = given.has(Self.skipMessageOnError)
        formatter =
            try reader.value(Self.formatterClass) ?? "org.apache.kafka.tools.consumer.DefaultMessageFormatter"
        formatterConfig = try reader.value(Self.formatterFile)
        keyDeserializer = try reader.value(Self.keyClass)
        valueDeserializer = try reader.value(Self.valueClass)
        enableSystestEvents = given.has(Self.systestEvents)
        consumerProperties = try reader.values(Self.commandProperty, before: Self.consumerProperty)
        consumerConfig = try reader.values(.commandConfig, before: Self.consumerFile).last
        formatterProperties = try reader.values(Self.formatterProperty, before: Self.property)
    }
}
