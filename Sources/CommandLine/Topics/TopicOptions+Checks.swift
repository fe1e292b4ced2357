extension TopicOptions {
    /// What the tool is to do.
    enum Action: String, CaseIterable, Sendable {
        // In the order in which Kafka's tool looks for options that do not go with another.
        case describe, alter, delete, create, list
    }

    /// The one action that the options ask for. Errors: options that are missing or do not go together, checked in the
    /// order of Kafka's tool, in its words.
    func action() throws(ToolFailure) -> Action {
        let actions = Action.allCases.filter(isChosen)
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
        case .describe: has(TopicOptions.describe)
        case .alter: has(TopicOptions.alter)
        case .delete: has(TopicOptions.delete)
        case .create: has(TopicOptions.create)
        case .list: has(TopicOptions.list)
        }
    }

    private func checkRequired(_ action: Action) throws(ToolFailure) {
        guard bootstrapServer != nil else { throw .refused("--bootstrap-server must be specified") }
        if action == .describe, ifExists, topic == nil, topicID == nil {
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
        for report in [
            TopicOptions.underReplicated, TopicOptions.underMinISR, TopicOptions.atMinISR, TopicOptions.unavailable,
        ] {
            try only(report.name, has(report), with: [.describe])
            if has(report), has(TopicOptions.topicsWithOverrides) {
                throw .contradiction(report.name, TopicOptions.topicsWithOverrides.name)
            }
        }
        try only("topics-with-overrides", has(TopicOptions.topicsWithOverrides), with: [.describe])
        try only("if-exists", ifExists, with: [.alter, .delete, .describe])
        try only("if-not-exists", ifNotExists, with: [.create])
        try only("exclude-internal", excludeInternal, with: [.list, .describe])
    }

    /// Which partitions a description tells of.
    var report: TopicDescription.Report {
        var report: TopicDescription.Report = []
        if has(TopicOptions.underReplicated) { report.insert(.underReplicated) }
        if has(TopicOptions.unavailable) { report.insert(.unavailable) }
        if has(TopicOptions.underMinISR) { report.insert(.underMinInSync) }
        if has(TopicOptions.atMinISR) { report.insert(.atMinInSync) }
        if has(TopicOptions.topicsWithOverrides) { report.insert(.overrides) }
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
