extension TopicsCommand {
    /// What the tool is to do.
    enum Action: String, CaseIterable, Sendable {
        // In the order in which Kafka's tool looks for options that do not go with another.
        case describe, alter, delete, create, list
    }

    /// The one action that the options ask for. Errors: options that are missing or do not go together, checked in the
    /// order of Kafka's tool, in its words.
    func action() throws(ToolFailure) -> Action {
        let actions = Action.allCases.filter(isChosen)
        if actions.isEmpty, bootstrapServer == nil, topic == nil {
            throw .misuse("Create, delete, describe, or change a topic.")
        }
        guard let action = actions.first, actions.count == 1 else {
            throw .misuse(
                "Command must include exactly one action: --list, --describe, --create, --alter or --delete"
            )
        }
        try checkRequired(action)
        try checkCombinations(action)
        return action
    }

    private func isChosen(_ action: Action) -> Bool {
        switch action {
        case .describe: describe
        case .alter: alter
        case .delete: delete
        case .create: create
        case .list: list
        }
    }

    private func checkRequired(_ action: Action) throws(ToolFailure) {
        guard bootstrapServer != nil else { throw .refused("--bootstrap-server must be specified") }
        if action == .describe, ifExists, topic == nil, topicId == nil {
            throw .misuse("--topic or --topic-id is required to describe a topic")
        }
        if action != .list, action != .describe, topic == nil { throw .missing("topic") }
        if action == .alter {
            guard config.isEmpty else {
                throw .misuse(
                    "Option combination \"[[bootstrap-server], [config]]\" can't be used with option \"[alter]\""
                        + " (To alter topic configurations, the kafka-configs tool can be used.)"
                )
            }
            if partitions == nil { throw .missing("partitions") }
        }
    }

    private func checkCombinations(_ action: Action) throws(ToolFailure) {
        func only(_ option: String, _ isGiven: Bool, with allowed: [Action]) throws(ToolFailure) {
            if isGiven, !allowed.contains(action) { throw .contradiction(option, action.rawValue) }
        }
        try only("config", !config.isEmpty, with: [.alter, .create])
        try only("partitions", partitions != nil, with: [.alter, .create])
        try only("replication-factor", replicationFactor != nil, with: [.create])
        try only("replica-assignment", replicaAssignment != nil, with: [.alter, .create])
        if action == .create, replicaAssignment != nil {
            if partitions != nil { throw .contradiction("replica-assignment", "partitions") }
            if replicationFactor != nil { throw .contradiction("replica-assignment", "replication-factor") }
        }
        let reports = [
            ("under-replicated-partitions", underReplicatedPartitions),
            ("under-min-isr-partitions", underMinIsrPartitions),
            ("at-min-isr-partitions", atMinIsrPartitions),
            ("unavailable-partitions", unavailablePartitions),
        ]
        for (name, isGiven) in reports {
            try only(name, isGiven, with: [.describe])
            if isGiven, topicsWithOverrides { throw .contradiction(name, "topics-with-overrides") }
        }
        try only("topics-with-overrides", topicsWithOverrides, with: [.describe])
        try only("if-exists", ifExists, with: [.alter, .delete, .describe])
        try only("if-not-exists", ifNotExists, with: [.create])
        try only("exclude-internal", excludeInternal, with: [.list, .describe])
    }

    /// Which partitions a description tells of.
    var report: TopicDescription.Report {
        var report: TopicDescription.Report = []
        if underReplicatedPartitions { report.insert(.underReplicated) }
        if unavailablePartitions { report.insert(.unavailable) }
        if underMinIsrPartitions { report.insert(.underMinInSync) }
        if atMinIsrPartitions { report.insert(.atMinInSync) }
        if topicsWithOverrides { report.insert(.overrides) }
        return report
    }
}

extension ToolFailure {
    /// An option that must be given.
    static func missing(_ option: String) -> ToolFailure { .misuse("Missing required argument \"[\(option)]\"") }

    /// Two options that do not go together.
    static func contradiction(_ option: String, _ other: String) -> ToolFailure {
        .misuse("Option \"[\(option)]\" can't be used with option \"[\(other)]\"")
    }
}
