extension BrokerConfigTable {
    /// Configs of share groups and their coordinator, which this broker does not have.
    static let shareGroups: [ConfigDefinition] = [
        .init(
            "group.share.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Session timeout of share groups."
        ),
        .init(
            "group.share.min.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The shortest session timeout that a share group may be given."
        ),
        .init(
            "group.share.max.session.timeout.ms",
            .int,
            "60000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The longest session timeout that a share group may be given."
        ),
        .init(
            "group.share.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How often members of share groups heartbeat."
        ),
        .init(
            "group.share.min.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The shortest heartbeat interval that a share group may be given."
        ),
        .init(
            "group.share.max.heartbeat.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The longest heartbeat interval that a share group may be given."
        ),
        .init(
            "group.share.max.size",
            .int,
            "200",
            .medium,
            .between(1, 1000),
            isHonoured: false,
            doc: "The most members that a share group may have."
        ),
        .init(
            "group.share.delivery.count.limit",
            .int,
            "5",
            .medium,
            .between(2, 10),
            isHonoured: false,
            doc: "How often a record is delivered to a share group before it is given up."
        ),
        .init(
            "group.share.record.lock.duration.ms",
            .int,
            "30000",
            .medium,
            .between(1000, 3600000),
            isHonoured: false,
            doc: "How long a record is locked for a member of a share group."
        ),
        .init(
            "group.share.min.record.lock.duration.ms",
            .int,
            "15000",
            .medium,
            .between(1000, 30000),
            isHonoured: false,
            doc: "The shortest lock that a share group may be given."
        ),
        .init(
            "group.share.max.record.lock.duration.ms",
            .int,
            "60000",
            .medium,
            .between(30000, 3600000),
            isHonoured: false,
            doc: "The longest lock that a share group may be given."
        ),
        .init(
            "group.share.partition.max.record.locks",
            .int,
            "2000",
            .medium,
            .between(100, 10000),
            isHonoured: false,
            doc: "The most records of a partition that may be locked at once."
        ),
        .init(
            "group.share.max.share.sessions",
            .int,
            "2000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How many share sessions are kept."
        ),
        .init(
            "group.share.assignors",
            .list,
            "simple",
            .medium,
            isHonoured: false,
            doc: "The assignors of share groups."
        ),
        .init(
            "share.fetch.purgatory.purge.interval.requests",
            .int,
            "1000",
            .medium,
            isHonoured: false,
            doc: "How often finished share fetches are swept up."
        ),
        .init(
            "share.coordinator.state.topic.num.partitions",
            .int,
            "50",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "Partitions of __share_group_state."
        ),
        .init(
            "share.coordinator.state.topic.replication.factor",
            .short,
            "3",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "Replicas of __share_group_state."
        ),
        .init(
            "share.coordinator.state.topic.min.isr",
            .short,
            "2",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "In-sync replicas that __share_group_state needs."
        ),
        .init(
            "share.coordinator.state.topic.segment.bytes",
            .int,
            "104857600",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "Segment size of __share_group_state."
        ),
        .init(
            "share.coordinator.state.topic.compression.codec",
            .int,
            "0",
            .high,
            isHonoured: false,
            doc: "The codec of __share_group_state."
        ),
        .init(
            "share.coordinator.threads",
            .int,
            "1",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "Threads of the share coordinator."
        ),
        .init(
            "share.coordinator.snapshot.update.records.per.snapshot",
            .int,
            "500",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "Updates of a share partition between two snapshots."
        ),
        .init(
            "share.coordinator.load.buffer.size",
            .int,
            "5242880",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "The size of reads while share state is loaded."
        ),
        .init(
            "share.coordinator.append.linger.ms",
            .int,
            "-1",
            .medium,
            .atLeast(-1),
            isHonoured: false,
            doc: "How long a change of share state may wait to be written."
        ),
        .init(
            "share.coordinator.write.timeout.ms",
            .int,
            "5000",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "How long a change of share state may wait for its replicas."
        ),
        .init(
            "share.coordinator.cold.partition.snapshot.interval.ms",
            .int,
            "300000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often share partitions without traffic are snapshotted."
        ),
        .init(
            "group.share.min.delivery.count.limit",
            .int,
            "2",
            .medium,
            .between(2, 5),
            isHonoured: false,
            doc: "The least delivery count limit that a share group may be given."
        ),
        .init(
            "group.share.max.delivery.count.limit",
            .int,
            "10",
            .medium,
            .between(5, 25),
            isHonoured: false,
            doc: "The highest delivery count limit that a share group may be given."
        ),
        .init(
            "group.share.min.partition.max.record.locks",
            .int,
            "100",
            .medium,
            .between(100, 2000),
            isHonoured: false,
            doc: "The fewest record locks that a share group may be given."
        ),
        .init(
            "group.share.max.partition.max.record.locks",
            .int,
            "4000",
            .medium,
            .between(2000, 20000),
            isHonoured: false,
            doc: "The most record locks that a share group may be given."
        ),
        .init(
            "group.share.initialize.retry.interval.ms",
            .int,
            "30000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "The pause before a share group is initialized again."
        ),
        .init(
            "group.share.persister.class.name",
            .string,
            "org.apache.kafka.server.share.persister.DefaultStatePersister",
            .medium,
            isHonoured: false,
            doc: "A Java class that keeps the state of share groups. Cannot be loaded here."
        ),
        .init(
            "share.coordinator.cached.buffer.max.bytes",
            .int,
            "1048588",
            .medium,
            .atLeast(524288),
            update: .clusterWide,
            isHonoured: false,
            doc: "The largest buffer that the share coordinator keeps for its next write."
        ),
        .init(
            "share.coordinator.state.topic.prune.interval.ms",
            .int,
            "300000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often the share coordinator removes what it no longer needs."
        ),
    ]
}
