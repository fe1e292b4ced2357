extension BrokerConfigTable {
    /// Configs of remote log storage, which this broker does not have.
    static let tiering: [ConfigDefinition] = [
        .init(
            "remote.log.storage.system.enable",
            .boolean,
            "false",
            .medium,
            isHonoured: false,
            doc: "Whether old segments go to remote storage."
        ),
        .init(
            "remote.log.storage.manager.class.name",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The Java class of remote storage."
        ),
        .init(
            "remote.log.storage.manager.class.path",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The class path of remote storage."
        ),
        .init(
            "remote.log.storage.manager.impl.prefix",
            .string,
            "rsm.config.",
            .medium,
            isHonoured: false,
            doc: "The prefix of configs of remote storage."
        ),
        .init(
            "remote.log.metadata.manager.class.name",
            .string,
            "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
            .medium,
            isHonoured: false,
            doc: "The Java class that keeps remote storage's metadata."
        ),
        .init(
            "remote.log.metadata.manager.class.path",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The class path of remote storage's metadata."
        ),
        .init(
            "remote.log.metadata.manager.impl.prefix",
            .string,
            "rlmm.config.",
            .medium,
            isHonoured: false,
            doc: "The prefix of configs of remote storage's metadata."
        ),
        .init(
            "remote.log.metadata.manager.listener.name",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The listener that remote storage's metadata travels by."
        ),
        .init(
            "remote.log.metadata.custom.metadata.max.bytes",
            .int,
            "128",
            .low,
            .atLeast(0),
            isHonoured: false,
            doc: "The most custom metadata of a remote segment."
        ),
        .init(
            "remote.log.index.file.cache.total.size.bytes",
            .long,
            "1073741824",
            .low,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Disk space for indexes of remote segments."
        ),
        .init(
            "remote.log.manager.thread.pool.size",
            .int,
            "2",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Threads of remote storage."
        ),
        .init(
            "remote.log.manager.copier.thread.pool.size",
            .int,
            "10",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that copy segments away."
        ),
        .init(
            "remote.log.manager.expiration.thread.pool.size",
            .int,
            "10",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that delete remote segments."
        ),
        .init(
            "remote.log.manager.follower.thread.pool.size",
            .int,
            "2",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that serve followers of tiered partitions."
        ),
        .init(
            "remote.log.manager.task.interval.ms",
            .long,
            "30000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often remote storage looks for work."
        ),
        .init(
            "remote.log.reader.threads",
            .int,
            "10",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "Threads that read remote segments."
        ),
        .init(
            "remote.log.reader.max.pending.tasks",
            .int,
            "100",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Reads of remote segments that may wait."
        ),
        .init(
            "remote.log.manager.copy.max.bytes.per.second",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "The most bytes in a second that are copied away."
        ),
        .init(
            "remote.log.manager.copy.quota.window.num",
            .int,
            "11",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Samples of the copy quota."
        ),
        .init(
            "remote.log.manager.copy.quota.window.size.seconds",
            .int,
            "1",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of the copy quota is."
        ),
        .init(
            "remote.log.manager.fetch.max.bytes.per.second",
            .long,
            "9223372036854775807",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "The most bytes in a second that are read from remote storage."
        ),
        .init(
            "remote.log.manager.fetch.quota.window.num",
            .int,
            "11",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Samples of the fetch quota."
        ),
        .init(
            "remote.log.manager.fetch.quota.window.size.seconds",
            .int,
            "1",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How long one sample of the fetch quota is."
        ),
        .init(
            "remote.fetch.max.wait.ms",
            .int,
            "500",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "How long a fetch waits for remote storage."
        ),
        .init(
            "remote.list.offsets.request.timeout.ms",
            .long,
            "30000",
            .medium,
            .atLeast(1),
            update: .clusterWide,
            isHonoured: false,
            doc: "How long looking up a remote offset may take."
        ),
        .init(
            "remote.log.index.file.cache.ttl.ms",
            .long,
            "900000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How long unused index files of tiered data are kept."
        ),
        .init(
            "remote.log.manager.task.retry.backoff.ms",
            .long,
            "500",
            .low,
            .atLeast(0),
            isHonoured: false,
            doc: "The first pause before a copy is tried again."
        ),
        .init(
            "remote.log.manager.task.retry.backoff.max.ms",
            .long,
            "30000",
            .low,
            .atLeast(0),
            isHonoured: false,
            doc: "The longest pause before a copy is tried again."
        ),
        .init(
            "remote.log.manager.task.retry.jitter",
            .double,
            "0.2",
            .low,
            .between(0, 0.5),
            isHonoured: false,
            doc: "Chance added to that pause."
        ),
        .init(
            "follower.fetch.last.tiered.offset.enable",
            .boolean,
            "false",
            .low,
            isHonoured: false,
            doc: "Whether a new follower begins after what is tiered."
        ),
    ]
}
