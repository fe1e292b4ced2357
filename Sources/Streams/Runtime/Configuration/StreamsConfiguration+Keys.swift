import KafkaClient

extension StreamsConfiguration {
    /// Every dotted name of an application, beyond those of its clients.
    public static let keys: [StreamsConfigurationKey] = runningKeys + taskKeys + topologyKeys

    /// The prefixes that hand a setting to a client, or to internal topics.
    static let prefixes = [
        "main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer.", "admin.", "topic.",
    ]

    /// Whether a name is one of a client's, with or without a prefix.
    static func isClientName(_ name: String) -> Bool {
        prefixes.contains { name.hasPrefix($0) } || ClientConfiguration.names.contains(name)
            || ConsumerConfiguration.names.contains(name) || producerNames.contains(name)
    }

    static let producerNames = Set(ProducerConfiguration.keys.map(\.name))

    private static let runningKeys: [StreamsConfigurationKey] = [
        StreamsConfigurationKey(
            "application.id",
            nil,
            "The group's name, and the prefix of internal topics and client ids."
        ) {
            $0.applicationID = $1
            guard let problem = TopologyGraph.problem(withName: $1) else { return nil }
            return problem
        },
        StreamsConfigurationKey("bootstrap.servers", nil, "Servers (host:port) to ask for the rest of the cluster.") {
            $0.bootstrapServers = $1.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
            return $0.bootstrapServers.isEmpty ? "No bootstrap urls given in bootstrap.servers" : nil
        },
        StreamsConfigurationKey("client.id", "<application.id>-<process id>", "The prefix of client ids.") {
            $0.clientID = $1.isEmpty ? nil : $1
            return nil
        },
        StreamsConfigurationKey("state.dir", "<temporary folder>/kafka-streams", "Where state is kept.") {
            $0.stateDirectory = $1
            return $1.isEmpty ? "it must not be empty" : nil
        },
        .integer("num.stream.threads", 1, in: 1...1024, "How many threads run tasks.") { $0.threadCount = $1 },
        .milliseconds("commit.interval.ms", \.commitInterval, 30_000, "How often positions and stores are committed."),
        .milliseconds("poll.ms", \.pollTimeout, 100, "How long a thread waits for records."),
        .milliseconds("state.cleanup.delay.ms", \.stateCleanupDelay, 600_000, "When state of moved tasks goes."),
        .choice(
            "processing.guarantee",
            "at_least_once",
            of: ["at_least_once"],
            notYet: [
                "exactly_once_v2": "exactly once needs transactions, which are not there yet; use at_least_once",
                "exactly_once": "it was removed in Kafka 4.0; use at_least_once",
            ],
            "What happens to records when the application fails."
        ),
        .integer("num.standby.replicas", 0, in: 0...0, "Copies of stores; none are kept yet.") { _, _ in },
        .choice(
            "group.protocol",
            "classic",
            of: ["classic"],
            notYet: ["streams": "the streams group protocol of KIP-1071 is not there yet; use classic"],
            "How members of the group find their tasks."
        ),
        .choice("upgrade.from", nil, of: [""], "Rolling upgrades from other versions; there are none."),
    ]

    private static let taskKeys: [StreamsConfigurationKey] =
        [
            .integer(
                "statestore.cache.max.bytes",
                10 << 20,
                in: 0...Int.max,
                "Bytes of changes that stores hold back, shared among the threads."
            ) { $0.cacheMaxBytes = $1 },
            .integer(
                "cache.max.bytes.buffering",
                10 << 20,
                in: 0...Int.max,
                "As statestore.cache.max.bytes; the old name."
            ) {
                $0.cacheMaxBytes = $1
            },
            .integer(
                "max.task.idle.ms",
                0,
                in: -1...Int(Int32.max),
                "How long a task waits for an empty partition, to keep to the order of timestamps; -1 not at all."
            ) { $0.maxTaskIdle = $1 < 0 ? nil : .milliseconds($1) },
            .integer(
                "buffered.records.per.partition",
                1000,
                in: 1...Int(Int32.max),
                "At so many records a partition is not fetched any further."
            ) { $0.bufferedRecordsPerPartition = $1 },
            .milliseconds(
                "__emit.interval.ms.kstreams.windowed.aggregation__",
                \.windowEmitInterval,
                1000,
                "How often aggregations that emit on window close look for closed windows."
            ),
            .milliseconds(
                "__emit.interval.ms.kstreams.outer.join.spurious.results.fix__",
                \.outerJoinEmitInterval,
                1000,
                "How often left and outer joins of streams look for records that stayed alone."
            ),
        ]
        + ["default.deserialization.exception.handler", "deserialization.exception.handler"].map { name in
            .handler(
                name,
                "LogAndFailExceptionHandler",
                "LogAndContinueExceptionHandler",
                "What happens to a record that cannot be decoded."
            ) { $0.deserializationExceptionHandler = $1 ? .logAndContinue : .logAndFail }
        }
        + [
            .handler(
                "processing.exception.handler",
                "LogAndFailProcessingExceptionHandler",
                "LogAndContinueProcessingExceptionHandler",
                "What happens to a record for which an operator throws."
            ) { $0.processingExceptionHandler = $1 ? .logAndContinue : .logAndFail }
        ]
        + ["default.production.exception.handler", "production.exception.handler"].map { name in
            .handler(
                name,
                "DefaultProductionExceptionHandler",
                "LogAndContinueProductionExceptionHandler",
                "What happens to a record that cannot be sent."
            ) { $0.productionExceptionHandler = $1 ? .continue : .fail }
        }

    private static let topologyKeys: [StreamsConfigurationKey] = [
        StreamsConfigurationKey(
            "default.timestamp.extractor",
            "org.apache.kafka.streams.processor.FailOnInvalidTimestamp",
            "How sources read the times of records that say nothing else."
        ) {
            let name = String($1.split(separator: ".").last ?? "")
            guard let extractor = DefaultTimestampExtractor(rawValue: name) else {
                let names = DefaultTimestampExtractor.allCases.map(\.rawValue).joined(separator: ", ")
                return "must be one of \(names); extractors of your own are given to the source"
            }
            $0.defaultTimestampExtractor = extractor
            return nil
        },
        .choice(
            "default.dsl.store",
            "rocksDB",
            of: ["rocksDB", "in_memory"],
            "Where stores of the DSL are kept; what counts is what the topology was built with, see StreamsBuilder."
        ),
        .integer(
            "windowstore.changelog.additional.retention.ms",
            86_400_000,
            in: 0...Int.max,
            "How much longer than their store the changelogs of windows keep records."
        ) { $0.windowStoreChangelogAdditionalRetention = .milliseconds($1) },
        StreamsConfigurationKey(
            "processor.wrapper.class",
            nil,
            "What stands around the operators; set in code, see processorWrapper."
        ) { _, _ in "wrappers are set in code: StreamsConfiguration.processorWrapper" },
        .integer(
            "replication.factor",
            -1,
            in: -1...Int(Int16.max),
            "Of internal topics; -1 leaves it to the broker."
        ) { $0.replicationFactor = Int16($1) },
        .choice(
            "topology.optimization",
            "none",
            of: ["none", "all"],
            "Whether topologies are optimized; what counts is what the topology was built with."
        ),
    ]
}
