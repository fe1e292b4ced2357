extension BrokerConfigTable {
    /// Configs of how often the coordinator assigns partitions anew, for each kind of group. See KIP-1263.
    static let groupAssignments: [ConfigDefinition] = [
        .init(
            "group.consumer.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of a consumer group."
        ),
        .init(
            "group.consumer.min.assignment.interval.ms",
            .int,
            "0",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The shortest assignment interval that a consumer group may be given."
        ),
        .init(
            "group.consumer.max.assignment.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The longest assignment interval that a consumer group may be given."
        ),
        .init(
            "group.share.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of a share group."
        ),
        .init(
            "group.share.min.assignment.interval.ms",
            .int,
            "0",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The shortest assignment interval that a share group may be given."
        ),
        .init(
            "group.share.max.assignment.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The longest assignment interval that a share group may be given."
        ),
        .init(
            "group.streams.assignment.interval.ms",
            .int,
            "1000",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            isHonoured: false,
            doc: "The least time between two assignments of a streams group."
        ),
        .init(
            "group.streams.min.assignment.interval.ms",
            .int,
            "0",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The shortest assignment interval that a streams group may be given."
        ),
        .init(
            "group.streams.max.assignment.interval.ms",
            .int,
            "15000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "The longest assignment interval that a streams group may be given."
        ),
    ]
}
