import KafkaClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How an application runs: Kafka Streams' settings, by the names and with the defaults of Kafka.
///
/// ```swift
/// var configuration = StreamsConfiguration(applicationID: "orders", bootstrapServers: ["localhost:9092"])
/// configuration.threadCount = 2
/// let same = try StreamsConfiguration(properties: [
///     "application.id": "orders", "bootstrap.servers": "localhost:9092", "num.stream.threads": "2",
/// ])
/// ```
public struct StreamsConfiguration: Sendable {
    /// `application.id`: the group's name, and the prefix of internal topics and client ids.
    public var applicationID: String
    /// `bootstrap.servers`, each as `host:port`.
    public var bootstrapServers: [String]
    /// `client.id`: the prefix of client ids; application and process id where it is nil.
    public var clientID: String?
    /// `state.dir`: below it, a folder an application.
    public var stateDirectory = StreamsConfiguration.defaultStateDirectory
    /// `num.stream.threads`
    public var threadCount = 1
    /// `commit.interval.ms`: how often positions and stores are committed.
    public var commitInterval = Duration.seconds(30)
    /// `statestore.cache.max.bytes`: changes that stores hold back, shared among the threads.
    public var cacheMaxBytes = 10 << 20
    /// `replication.factor` of internal topics; -1 leaves it to the broker.
    public var replicationFactor: Int16 = -1
    /// `max.task.idle.ms`: see ``TaskConfiguration/maxTaskIdle``.
    public var maxTaskIdle: Duration? = .zero
    /// `poll.ms`: how long a thread waits for records.
    public var pollTimeout = Duration.milliseconds(100)
    /// `buffered.records.per.partition`: at so many records a partition is not fetched any further.
    public var bufferedRecordsPerPartition = 1000
    /// `state.cleanup.delay.ms`: folders of tasks that are elsewhere now go after this time.
    public var stateCleanupDelay = Duration.seconds(600)
    /// `windowstore.changelog.additional.retention.ms`: how much longer than their store the changelogs of windows keep
    /// records, for clocks that differ.
    public var windowStoreChangelogAdditionalRetention = Duration.seconds(86_400)
    /// How often aggregations that emit on window close look for closed windows, by the wall clock:
    /// `__emit.interval.ms.kstreams.windowed.aggregation__`.
    public var windowEmitInterval = Duration.seconds(1)
    /// How often left and outer joins of streams look for records that stayed alone, by the wall clock:
    /// `__emit.interval.ms.kstreams.outer.join.spurious.results.fix__`.
    public var outerJoinEmitInterval = Duration.seconds(1)
    /// `default.timestamp.extractor`: how sources read times that say nothing else.
    public var defaultTimestampExtractor = DefaultTimestampExtractor.failOnInvalidTimestamp
    /// `default.deserialization.exception.handler`
    public var deserializationExceptionHandler = DeserializationExceptionHandler.logAndFail
    /// `processing.exception.handler`
    public var processingExceptionHandler = ProcessingExceptionHandler.logAndFail
    /// `default.production.exception.handler`
    public var productionExceptionHandler = ProductionExceptionHandler.fail
    /// Stands around the operators of every task: what `processor.wrapper.class` names in Java.
    public var processorWrapper: (any ProcessorWrapper)?
    /// Settings of consumers, producer and admin client: by their own name for all of them, or after one of the prefixes
    /// `consumer.`, `main.consumer.`, `restore.consumer.`, `global.consumer.`, `producer.`, `admin.`; and after `topic.`
    /// those of internal topics.
    public var clientProperties: [String: String] = [:]

    /// Everything else has Kafka's defaults.
    public init(applicationID: String, bootstrapServers: [String] = []) {
        self.applicationID = applicationID
        self.bootstrapServers = bootstrapServers
    }

    /// Reads dotted names. Errors: names that nobody knows, values that do not fit, and features that are not there yet.
    public init(properties: [String: String]) throws(ConfigurationError) {
        self.init(applicationID: "")
        var unknown: [String] = []
        var invalid: [ConfigurationError.Invalid] = []
        for (name, text) in properties {
            let value = StreamsConfiguration.trimmed(text)
            if let key = StreamsConfiguration.keys.first(where: { $0.name == name }) {
                if let reason = key.set(&self, value) {
                    invalid.append(.init(name: name, value: value, reason: reason))
                }
            } else if StreamsConfiguration.isClientName(name) {
                clientProperties[name] = value
            } else {
                unknown.append(name)
            }
        }
        if applicationID.isEmpty {
            invalid.append(.init(name: "application.id", value: "", reason: "it is required and has no default"))
        }
        guard unknown.isEmpty, invalid.isEmpty else { throw ConfigurationError(unknown: unknown, invalid: invalid) }
    }

    /// What tasks see of it.
    var taskConfiguration: TaskConfiguration {
        var configuration = TaskConfiguration(applicationID: applicationID)
        configuration.maxTaskIdle = maxTaskIdle
        configuration.windowEmitInterval = windowEmitInterval
        configuration.outerJoinEmitInterval = outerJoinEmitInterval
        configuration.deserializationExceptionHandler = deserializationExceptionHandler
        configuration.processingExceptionHandler = processingExceptionHandler
        configuration.productionExceptionHandler = productionExceptionHandler
        configuration.processorWrapper = processorWrapper
        configuration.defaultTimestampExtractor = defaultTimestampExtractor
        return configuration
    }

    /// What the topics that the application creates are given beyond their kind's settings.
    var topicProperties: [String: String] { properties(after: "topic.") }

    /// The client settings after a prefix, without it.
    func properties(after prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in clientProperties where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = value
        }
        return found
    }

    /// `<java.io.tmpdir>/kafka-streams`, where Kafka Streams keeps state too.
    private static var defaultStateDirectory: String {
        guard let variable = getenv("TMPDIR") else { return "/tmp/kafka-streams" }
        var folder = String(cString: variable)
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder.isEmpty ? "/tmp/kafka-streams" : "\(folder)/kafka-streams"
    }

    private static func trimmed(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
