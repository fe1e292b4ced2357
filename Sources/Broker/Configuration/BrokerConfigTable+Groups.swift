extension BrokerConfigTable {
    /// Configs of the group coordinator and its topic.
    static let groups: [ConfigDefinition] = [
        .init(
            "group.min.session.timeout.ms",
            .int,
            "6000",
            .medium,
            doc: "The shortest session timeout that a member may ask for."
        ),
        .init(
            "group.max.session.timeout.ms",
            .int,
            "1800000",
            .medium,
            doc: "The longest session timeout that a member may ask for."
        ),
        .init(
            "group.initial.rebalance.delay.ms",
            .int,
            "3000",
            .medium,
            doc: "How long the first rebalance of an empty group waits for more members."
        ),
        .init(
            "group.max.size",
            .int,
            "2147483647",
            .medium,
            .atLeast(1),
            doc: "The most members that a classic group may have."
        ),
        .init(
            "group.coordinator.rebalance.protocols",
            .list,
            "classic,consumer,streams",
            .medium,
            .oneOf(["classic", "consumer", "share", "streams"]),
            isHonoured: false,
            doc: "The kinds of groups that are served."
        ),
        .init(
            "group.coordinator.threads",
            .int,
            "4",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Threads of the group coordinator. Here it runs on the threads that read requests."
        ),
        .init(
            "group.coordinator.append.linger.ms",
            .int,
            "-1",
            .medium,
            .atLeast(-1),
            isHonoured: false,
            doc: "How long a change of a group may wait to be written together with others."
        ),
        .init(
            "offset.metadata.max.bytes",
            .int,
            "4096",
            .high,
            doc: "The longest text that may be committed with an offset."
        ),
        .init(
            "offsets.load.buffer.size",
            .int,
            "5242880",
            .high,
            .atLeast(1),
            doc: "The size of reads while groups are loaded."
        ),
        .init(
            "offsets.topic.replication.factor",
            .short,
            "3",
            .high,
            .atLeast(1),
            doc: "Replicas of __consumer_offsets; on fewer nodes, as many as there are nodes."
        ),
        .init(
            "offsets.topic.num.partitions",
            .int,
            "50",
            .high,
            .atLeast(1),
            doc: "Partitions of __consumer_offsets; not to be changed once it exists."
        ),
        .init(
            "offsets.topic.segment.bytes",
            .int,
            "104857600",
            .high,
            .atLeast(1),
            doc: "Segment size of __consumer_offsets."
        ),
        .init(
            "offsets.topic.compression.codec",
            .int,
            "0",
            .high,
            .between(0, 4),
            isHonoured: false,
            doc: "The codec of __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."
        ),
        .init(
            "offsets.retention.minutes",
            .int,
            "10080",
            .high,
            .atLeast(1),
            doc: "How long the offsets of an empty group are kept."
        ),
        .init(
            "offsets.retention.check.interval.ms",
            .long,
            "600000",
            .high,
            .atLeast(1),
            doc: "How often it is checked which offsets have expired."
        ),
        .init(
            "offsets.commit.timeout.ms",
            .int,
            "5000",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "How long a commit may wait for its replicas."
        ),
        .init(
            "group.consumer.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            doc: "Session timeout of consumer groups (KIP-848)."
        ),
        .init(
            "group.consumer.min.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            doc: "The shortest session timeout that a consumer group may be given."
        ),
        .init(
            "group.consumer.max.session.timeout.ms",
            .int,
            "60000",
            .medium,
            .atLeast(1),
            doc: "The longest session timeout that a consumer group may be given."
        ),
        .init(
            "group.consumer.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            doc: "How often members of consumer groups heartbeat."
        ),
        .init(
            "group.consumer.min.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            doc: "The shortest heartbeat interval that a consumer group may be given."
        ),
        .init(
            "group.consumer.max.heartbeat.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(1),
            doc: "The longest heartbeat interval that a consumer group may be given."
        ),
        .init(
            "group.consumer.max.size",
            .int,
            "2147483647",
            .medium,
            .atLeast(1),
            doc: "The most members that a consumer group may have."
        ),
        .init(
            "group.consumer.assignors",
            .list,
            "uniform,range",
            .medium,
            doc: "The assignors of consumer groups, the default first."
        ),
        .init(
            "group.consumer.migration.policy",
            .string,
            "bidirectional",
            .medium,
            .oneOfIgnoringCase(["bidirectional", "upgrade", "downgrade", "disabled"]),
            doc: "Whether groups may change between the classic and the consumer protocol."
        ),
        .init(
            "group.consumer.regex.refresh.interval.ms",
            .int,
            "600000",
            .medium,
            .atLeast(10000),
            isHonoured: false,
            doc: "How often regular expressions of subscriptions are looked up again."
        ),
        .init(
            "group.streams.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Session timeout of streams groups (KIP-1071)."
        ),
        .init(
            "group.streams.min.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The shortest session timeout that a streams group may be given."
        ),
        .init(
            "group.streams.max.session.timeout.ms",
            .int,
            "60000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The longest session timeout that a streams group may be given."
        ),
        .init(
            "group.streams.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How often members of streams groups heartbeat."
        ),
        .init(
            "group.streams.min.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The shortest heartbeat interval that a streams group may be given."
        ),
        .init(
            "group.streams.max.heartbeat.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The longest heartbeat interval that a streams group may be given."
        ),
        .init(
            "group.streams.max.size",
            .int,
            "2147483647",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The most members that a streams group may have."
        ),
        .init(
            "group.streams.num.standby.replicas",
            .int,
            "0",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "Standby replicas of each task of a streams group."
        ),
        .init(
            "group.streams.max.standby.replicas",
            .int,
            "2",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The most standby replicas that a streams group may be given."
        ),
        .init(
            "group.streams.initial.rebalance.delay.ms",
            .int,
            "3000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "How long the first rebalance of a streams group waits for more members."
        ),
        .init(
            "group.coordinator.background.threads",
            .int,
            "2",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Threads for long work of the group coordinator."
        ),
        .init(
            "group.coordinator.cached.buffer.max.bytes",
            .int,
            "1048588",
            .medium,
            .atLeast(524288),
            update: .clusterWide,
            isHonoured: false,
            doc: "The largest buffer that the group coordinator keeps for its next write."
        ),
    ]
}
