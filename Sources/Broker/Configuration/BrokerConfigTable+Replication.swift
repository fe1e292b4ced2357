extension BrokerConfigTable {
    /// Configs of copies of partitions on several brokers.
    static let replication: [ConfigDefinition] = [
        .init(
            "replica.lag.time.max.ms",
            .long,
            "30000",
            .high,
            isHonoured: false,
            doc: "How long a follower may lag before it leaves the in-sync replicas."
        ),
        .init(
            "replica.socket.timeout.ms",
            .int,
            "30000",
            .high,
            isHonoured: false,
            doc: "The socket timeout of a follower's fetches."
        ),
        .init(
            "replica.socket.receive.buffer.bytes",
            .int,
            "65536",
            .high,
            isHonoured: false,
            doc: "The receive buffer of a follower's sockets."
        ),
        .init(
            "replica.fetch.max.bytes",
            .int,
            "1048576",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The most bytes of one partition that a follower fetches at once."
        ),
        .init(
            "replica.fetch.wait.max.ms",
            .int,
            "500",
            .high,
            isHonoured: false,
            doc: "How long a follower's fetch waits for records."
        ),
        .init(
            "replica.fetch.backoff.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The pause of a follower after an error."
        ),
        .init(
            "replica.fetch.min.bytes",
            .int,
            "1",
            .high,
            isHonoured: false,
            doc: "How many bytes a follower's fetch waits for."
        ),
        .init(
            "replica.fetch.response.max.bytes",
            .int,
            "10485760",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The most bytes that a follower fetches at once."
        ),
        .init(
            "num.replica.fetchers",
            .int,
            "1",
            .high,
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that fetch from each other broker."
        ),
        .init(
            "replica.selector.class",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "A Java class that chooses the replica for a consumer. Cannot be loaded here."
        ),
        .init(
            "fetch.purgatory.purge.interval.requests",
            .int,
            "1000",
            .medium,
            isHonoured: false,
            doc: "How often finished fetches are swept up. Here none remains."
        ),
        .init(
            "producer.purgatory.purge.interval.requests",
            .int,
            "1000",
            .medium,
            isHonoured: false,
            doc: "How often finished produces are swept up. Here none remains."
        ),
        .init(
            "delete.records.purgatory.purge.interval.requests",
            .int,
            "1",
            .medium,
            isHonoured: false,
            doc: "How often finished record deletions are swept up. Here none remains."
        ),
        .init(
            "replication.quota.window.num",
            .int,
            "11",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "Samples that replication quotas are computed over."
        ),
        .init(
            "replication.quota.window.size.seconds",
            .int,
            "1",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of a replication quota is."
        ),
        .init(
            "alter.log.dirs.replication.quota.window.num",
            .int,
            "11",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "Samples that quotas of moves between log directories are computed over."
        ),
        .init(
            "alter.log.dirs.replication.quota.window.size.seconds",
            .int,
            "1",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of a quota of moves between log directories is."
        ),
        .init(
            "leader.replication.throttled.rate",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            update: .perBroker,
            isHonoured: false,
            doc: "The most bytes in a second that throttled replicas are sent."
        ),
        .init(
            "follower.replication.throttled.rate",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            update: .perBroker,
            isHonoured: false,
            doc: "The most bytes in a second that throttled replicas fetch."
        ),
        .init(
            "replica.alter.log.dirs.io.max.bytes.per.second",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(0),
            update: .perBroker,
            isHonoured: false,
            doc: "The most bytes in a second that moves between log directories take."
        ),
    ]
}
