/// Every config of a group, in alphabetical order.
///
/// A group that does not set a config takes the broker's value of its synonym. See KIP-848, KIP-932, KIP-1071, KIP-1240
/// and KIP-1263.
enum GroupConfigTable {
    static let definitions: [ConfigDefinition] = [
        .init(
            "consumer.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            synonym: "group.consumer.assignment.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of the group."
        ),
        .init(
            "consumer.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            synonym: "group.consumer.heartbeat.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How often members heartbeat."
        ),
        .init(
            "consumer.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            synonym: "group.consumer.session.timeout.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How long a silent member stays in the group."
        ),
        .init(
            "share.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            synonym: "group.share.assignment.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of the group."
        ),
        .init(
            "share.auto.offset.reset",
            .string,
            "latest",
            .medium,
            .offsetReset,
            update: .clusterWide,
            isHonoured: false,
            doc: "Where a partition begins: earliest, latest, or by_duration: and a duration before now."
        ),
        .init(
            "share.delivery.count.limit",
            .int,
            "5",
            .medium,
            .atLeast(2),
            synonym: "group.share.delivery.count.limit",
            update: .clusterWide,
            isHonoured: false,
            doc: "How often a record is delivered at most."
        ),
        .init(
            "share.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            synonym: "group.share.heartbeat.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How often members heartbeat."
        ),
        .init(
            "share.isolation.level",
            .string,
            "read_uncommitted",
            .medium,
            .oneOf(["read_committed", "read_uncommitted"]),
            update: .clusterWide,
            isHonoured: false,
            doc: "Whether records of aborted transactions are delivered."
        ),
        .init(
            "share.partition.max.record.locks",
            .int,
            "2000",
            .medium,
            .atLeast(100),
            synonym: "group.share.partition.max.record.locks",
            update: .clusterWide,
            isHonoured: false,
            doc: "How many records of a partition may be locked at a time."
        ),
        .init(
            "share.record.lock.duration.ms",
            .int,
            "30000",
            .medium,
            .atLeast(1000),
            synonym: "group.share.record.lock.duration.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How long a delivered record is locked."
        ),
        .init(
            "share.renew.acknowledge.enable",
            .boolean,
            "true",
            .medium,
            update: .clusterWide,
            isHonoured: false,
            doc: "Whether a member may lock a record for longer."
        ),
        .init(
            "share.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            synonym: "group.share.session.timeout.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How long a silent member stays in the group."
        ),
        .init(
            "streams.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            synonym: "group.streams.assignment.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of the group."
        ),
        .init(
            "streams.heartbeat.interval.ms",
            .int,
            "5000",
            .medium,
            .atLeast(1),
            synonym: "group.streams.heartbeat.interval.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How often members heartbeat."
        ),
        .init(
            "streams.initial.rebalance.delay.ms",
            .int,
            "3000",
            .medium,
            .atLeast(0),
            synonym: "group.streams.initial.rebalance.delay.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How long the first rebalance waits for more members."
        ),
        .init(
            "streams.num.standby.replicas",
            .int,
            "0",
            .medium,
            .atLeast(0),
            synonym: "group.streams.num.standby.replicas",
            update: .clusterWide,
            isHonoured: false,
            doc: "Standby replicas of each task."
        ),
        .init(
            "streams.session.timeout.ms",
            .int,
            "45000",
            .medium,
            .atLeast(1),
            synonym: "group.streams.session.timeout.ms",
            update: .clusterWide,
            isHonoured: false,
            doc: "How long a silent member stays in the group."
        ),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })
}
