import Records

extension ConsumerConfiguration {
    private static let int = 0...Int(Int32.max)

    /// Every dotted name.
    public static let names = Set(keys.map(\.name))

    /// The table of dotted names.
    public static let keys: [ConfigurationKey<ConsumerConfiguration>] = groupKeys + fetchKeys + commonKeys

    private static let groupKeys: [ConfigurationKey<ConsumerConfiguration>] = [
        ConfigurationKey("group.id", .string, nil, "The group that the consumer belongs to.") {
            $0.groupID = GroupID($1)
            return nil
        },
        ConfigurationKey("group.instance.id", .string, nil, "A name of the member that outlives restarts.") {
            $0.groupInstanceID = $1
            return $1.isEmpty ? "Must be non-empty" : nil
        },
        .milliseconds("session.timeout.ms", \.sessionTimeout, 45_000, "A member silent for so long is taken for gone."),
        .milliseconds("heartbeat.interval.ms", \.heartbeatInterval, 3000, "The time from one heartbeat to the next."),
        .milliseconds(
            "max.poll.interval.ms",
            \.maxPollInterval,
            300_000,
            in: 1...Int(Int32.max),
            "A consumer that does not poll for so long leaves its group."
        ),
        ConfigurationKey(
            "partition.assignment.strategy",
            .list,
            "range,cooperative-sticky",
            "How partitions are shared out, by preference: range, roundrobin, sticky, cooperative-sticky."
        ) {
            var strategies: [AssignmentStrategy] = []
            for name in $1.split(separator: ",").map({ String($0.trimmingSpaces) }) where !name.isEmpty {
                guard let strategy = AssignmentStrategy(name) else { return "There is no assignor \(name)" }
                strategies.append(strategy)
            }
            $0.assignmentStrategies = strategies
            return strategies.isEmpty ? "must not be empty" : nil
        },
        ConfigurationKey("enable.auto.commit", .boolean, "true", "Whether positions are committed while polling.") {
            switch $1.lowercased() {
            case "true": $0.enablesAutoCommit = true
            case "false": $0.enablesAutoCommit = false
            default: return "Expected value to be either true or false"
            }
            return nil
        },
        .milliseconds("auto.commit.interval.ms", \.autoCommitInterval, 5000, "The time between automatic commits."),
        .choice("group.protocol", "classic", of: ["classic"], "The protocol of groups.") { _, _ in },
        .boolean(
            "internal.leave.group.on.close",
            \.leavesGroupOnClose,
            true,
            "Whether closing tells the coordinator that the member is gone."
        ),
    ]

    private static let fetchKeys: [ConfigurationKey<ConsumerConfiguration>] = [
        .integer("max.poll.records", \.maxPollRecords, 500, in: 1...Int(Int32.max), "Records that one poll aims at."),
        .integer("fetch.min.bytes", \.fetchMinBytes, 1, in: int, "Bytes that a fetch waits for."),
        .milliseconds("fetch.max.wait.ms", \.fetchMaxWait, 500, "How long a fetch waits for fetch.min.bytes."),
        .integer("fetch.max.bytes", \.fetchMaxBytes, 52_428_800, in: int, "Bytes of one answer to a fetch."),
        .integer(
            "max.partition.fetch.bytes",
            \.maxPartitionFetchBytes,
            1_048_576,
            in: int,
            "Bytes of one partition in an answer to a fetch."
        ),
        .choice(
            "isolation.level",
            "read_uncommitted",
            of: ["read_committed", "read_uncommitted"],
            "Whether records of transactions are seen before they are committed."
        ) { $0.isolationLevel = $1 == "read_committed" ? .readCommitted : .readUncommitted },
        .boolean("check.crcs", \.checksCRCs, true, "Whether batches' checksums are compared."),
        ConfigurationKey(
            "auto.offset.reset",
            .string,
            "latest",
            "Where to begin without a valid offset: earliest, latest, none, or by_duration:PnDTnHnMnS."
        ) {
            guard let reset = AutoOffsetReset($1) else {
                return "must be earliest, latest, none or of the format by_duration:<ISO 8601 duration>"
            }
            $0.autoOffsetReset = reset
            return nil
        },
        .string("client.rack", \.clientRack, "", "The rack that the consumer is in."),
        .boolean(
            "exclude.internal.topics",
            \.excludesInternalTopics,
            true,
            "Whether patterns pass over internal topics."
        ),
    ]

    private static let commonKeys: [ConfigurationKey<ConsumerConfiguration>] = [
        .milliseconds(
            "default.api.timeout.ms",
            \.apiTimeout,
            60_000,
            "How long a call with all its attempts may take."
        ),
        .milliseconds("request.timeout.ms", \.requestTimeout, 30_000, "How long one request may take."),
        .milliseconds("retry.backoff.ms", \.retryBackoff, 100, "The wait before a failed request is made again."),
        .milliseconds("retry.backoff.max.ms", \.retryBackoffMax, 1000, "The longest such wait."),
        .milliseconds("metadata.max.age.ms", \.metadataMaxAge, 300_000, "How often topics are matched to a pattern."),
    ]
}
