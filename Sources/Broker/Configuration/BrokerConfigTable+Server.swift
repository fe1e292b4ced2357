extension BrokerConfigTable {
    /// Configs of who this broker is, how many threads it has, and its topics' defaults.
    static let server: [ConfigDefinition] = [
        .init(
            "node.id",
            .int,
            "-1",
            .high,
            doc: "The number of this node in its cluster; required of every node, never changed once a "
                + "folder was formatted."
        ),
        .init("broker.id", .int, "-1", .high, doc: "The older name of node.id; where both are set they must be equal."),
        .init(
            "process.roles",
            .list,
            "",
            .high,
            .oneOf(["broker", "controller"]),
            doc: "What this process is: broker, controller or both. One node is both whatever this says."
        ),
        .init(
            "broker.rack",
            .string,
            nil,
            .medium,
            doc: "The rack that this broker stands in, told to clients and used when replicas are spread."
        ),
        .init(
            "num.partitions",
            .int,
            "1",
            .medium,
            .atLeast(1),
            doc: "Partitions of a topic that is created without saying how many."
        ),
        .init(
            "default.replication.factor",
            .int,
            "1",
            .medium,
            doc: "Replicas of a topic that is created without saying how many."
        ),
        .init(
            "auto.create.topics.enable",
            .boolean,
            "true",
            .high,
            doc: "Whether asking for the metadata of a missing topic creates it, if the client allows that too."
        ),
        .init("delete.topic.enable", .boolean, "true", .high, doc: "Whether topics can be deleted."),
        .init(
            "message.max.bytes",
            .int,
            "1048588",
            .high,
            .atLeast(0),
            update: .clusterWide,
            doc: "The largest batch of records that a topic takes unless its own max.message.bytes says otherwise."
        ),
        .init(
            "fetch.max.bytes",
            .int,
            "57671680",
            .medium,
            .atLeast(1024),
            doc: "The most bytes that one fetch is answered with, whatever the client asks for."
        ),
        .init(
            "max.incremental.fetch.session.cache.slots",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "How many incremental fetch sessions are kept."
        ),
        .init(
            "max.request.partition.size.limit",
            .int,
            "2000",
            .medium,
            .atLeast(1),
            doc: "The most partitions that one DescribeTopicPartitions answer lists."
        ),
        .init(
            "num.io.threads",
            .int,
            "8",
            .high,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that handle requests. Here requests are handled on the threads that read them."
        ),
        .init(
            "num.network.threads",
            .int,
            "3",
            .high,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that read and write sockets. Here there is one for each core."
        ),
        .init(
            "background.threads",
            .int,
            "10",
            .high,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads for chores. Here chores share one thread."
        ),
        .init(
            "num.recovery.threads.per.data.dir",
            .int,
            "2",
            .high,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that open and recover the logs of one log directory at start."
        ),
        .init(
            "num.replica.alter.log.dirs.threads",
            .int,
            nil,
            .high,
            isHonoured: false,
            doc: "Threads that move replicas between log directories."
        ),
        .init(
            "request.timeout.ms",
            .int,
            "30000",
            .high,
            isHonoured: false,
            doc: "How long this node waits for another node's answer."
        ),
        .init(
            "socket.connection.setup.timeout.ms",
            .long,
            "10000",
            .medium,
            isHonoured: false,
            doc: "How long connecting to another node may take at first."
        ),
        .init(
            "socket.connection.setup.timeout.max.ms",
            .long,
            "30000",
            .medium,
            isHonoured: false,
            doc: "How long connecting to another node may take after repeated failures."
        ),
        .init(
            "controlled.shutdown.enable",
            .boolean,
            "true",
            .medium,
            isHonoured: false,
            doc: "Whether leadership is moved away before the broker stops."
        ),
        .init(
            "auto.leader.rebalance.enable",
            .boolean,
            "true",
            .high,
            isHonoured: false,
            doc: "Whether leadership returns to preferred replicas by itself."
        ),
        .init(
            "leader.imbalance.check.interval.seconds",
            .long,
            "300",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "How often the balance of leadership is checked."
        ),
        .init(
            "create.topic.policy.class.name",
            .class,
            nil,
            .low,
            isHonoured: false,
            doc: "A Java class that judges new topics. Cannot be loaded here."
        ),
        .init(
            "alter.config.policy.class.name",
            .class,
            nil,
            .low,
            isHonoured: false,
            doc: "A Java class that judges changes of configs. Cannot be loaded here."
        ),
        .init(
            "authorizer.class.name",
            .string,
            "",
            .low,
            isHonoured: false,
            doc: "The class that authorises requests."
        ),
        .init(
            "early.start.listeners",
            .string,
            nil,
            .high,
            isHonoured: false,
            doc: "Listeners that may be opened before the authorizer is ready."
        ),
        .init(
            "telemetry.max.bytes",
            .int,
            "1048576",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "The most bytes of metrics that one client may push at once."
        ),
        .init(
            "metric.reporters",
            .list,
            "org.apache.kafka.common.metrics.JmxReporter",
            .low,
            update: .clusterWide,
            isHonoured: false,
            doc: "Java classes that report metrics. Cannot be loaded here."
        ),
        .init(
            "metrics.num.samples",
            .int,
            "2",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How many samples a metric is computed over."
        ),
        .init(
            "metrics.sample.window.ms",
            .long,
            "30000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of a metric is."
        ),
        .init(
            "metrics.recording.level",
            .string,
            "INFO",
            .low,
            .oneOf(["INFO", "DEBUG", "TRACE"]),
            isHonoured: false,
            doc: "How detailed metrics are."
        ),
        .init(
            "kafka.metrics.reporters",
            .list,
            "",
            .low,
            isHonoured: false,
            doc: "Java classes that report Yammer metrics. Cannot be loaded here."
        ),
        .init(
            "kafka.metrics.polling.interval.secs",
            .int,
            "10",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often Yammer metrics are polled."
        ),
        .init(
            "quota.window.num",
            .int,
            "11",
            .low,
            .atLeast(1),
            doc: "Samples that client quotas are computed over."
        ),
        .init(
            "quota.window.size.seconds",
            .int,
            "1",
            .low,
            .atLeast(1),
            doc: "How long one sample of a client quota is."
        ),
        .init(
            "controller.quota.window.num",
            .int,
            "11",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "Samples that quotas of controller changes are computed over."
        ),
        .init(
            "controller.quota.window.size.seconds",
            .int,
            "1",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of a controller quota is."
        ),
        .init(
            "client.quota.callback.class",
            .class,
            nil,
            .low,
            isHonoured: false,
            doc: "A Java class that computes quotas. Cannot be loaded here."
        ),
        .init(
            "config.providers",
            .list,
            "",
            .low,
            isHonoured: false,
            doc: "Java classes that supply values of configs. Cannot be loaded here."
        ),
        .init(
            "server.max.startup.time.ms",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "How long the start may take."
        ),
        .init(
            "unstable.api.versions.enable",
            .boolean,
            "false",
            .high,
            isHonoured: false,
            doc: "Whether versions that are not final are served."
        ),
        .init(
            "unstable.feature.versions.enable",
            .boolean,
            "false",
            .high,
            isHonoured: false,
            doc: "Whether feature levels that are not final are supported."
        ),
        .init(
            "unclean.leader.election.interval.ms",
            .long,
            "300000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "How often partitions without a leader are looked for."
        ),
    ]
}
