/// Every config of a client metrics subscription, in alphabetical order. See KIP-714.
enum ClientMetricsConfigTable {
    static let definitions: [ConfigDefinition] = [
        .init(
            "interval.ms",
            .int,
            "300000",
            .medium,
            update: .clusterWide,
            doc: "How often clients push, in milliseconds."
        ),
        .init("match", .list, "", .medium, update: .clusterWide, doc: "Which clients are meant: name=pattern pairs."),
        .init("metrics", .list, "", .medium, update: .clusterWide, doc: "Prefixes of the metrics that are wanted."),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })
}
