import Records

/// What `millrace consumer-groups` is to do.
enum GroupTask: Sendable {
    /// What a description tells of.
    enum Aspect: Sendable {
        case offsets
        case members(verbose: Bool)
        case state
    }

    /// With columns for type and state, and only groups of these types and states; texts as they were given.
    case list(type: String?, state: String?, hasType: Bool, hasState: Bool)
    case describe(Aspect)
    case delete
    case resetOffsets
    case deleteOffsets

    /// Checks the options in the order of Kafka's tool, and in its words; `warn` is told what is worth a warning.
    init(_ given: ToolOptions, warn: (String) -> Void) throws(ToolFailure) {
        guard given.has(.bootstrapServer) else { throw .missing("bootstrap-server") }
        try GroupTask.checkScope(given, warn: warn)
        try GroupTask.checkOthers(given)
        let actions = [
            GroupOptions.list, GroupOptions.describe, GroupOptions.delete, GroupOptions.resetOffsets,
            GroupOptions.deleteOffsets,
        ].filter(given.has)
        guard actions.count == 1, let action = actions.first else {
            throw .misuse(
                "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, "
                    + "--delete-offsets"
            )
        }
        switch action {
        case GroupOptions.list:
            self = .list(
                type: given.values(GroupOptions.type).last,
                state: given.values(GroupOptions.state).last,
                hasType: given.has(GroupOptions.type),
                hasState: given.has(GroupOptions.state)
            )
        case GroupOptions.describe:
            if given.has(GroupOptions.members) {
                self = .describe(.members(verbose: given.has(GroupOptions.verbose)))
            } else {
                self = .describe(given.has(GroupOptions.state) ? .state : .offsets)
            }
        case GroupOptions.delete: self = .delete
        case GroupOptions.resetOffsets: self = .resetOffsets
        default: self = .deleteOffsets
        }
    }

    private static func checkScope(_ given: ToolOptions, warn: (String) -> Void) throws(ToolFailure) {
        let isScoped = given.has(GroupOptions.group) || given.has(GroupOptions.allGroups)
        func requireScope(_ option: ToolOption) throws(ToolFailure) {
            guard isScoped else {
                throw .misuse("Option [\(option.name)] takes one of these options: [all-groups], [group]")
            }
        }
        if given.has(GroupOptions.describe) {
            try requireScope(GroupOptions.describe)
            let aspects = [GroupOptions.members, GroupOptions.offsets, GroupOptions.state].filter(given.has)
            guard aspects.count <= 1 else {
                throw .misuse("Option [describe] takes at most one of these options: [members], [offsets], [state]")
            }
            guard given.values(GroupOptions.state).isEmpty else {
                throw .misuse("Option [describe] does not take a value for [state]")
            }
        }
        if given.has(GroupOptions.delete) {
            try requireScope(GroupOptions.delete)
            if given.has(GroupOptions.topic) {
                throw .misuse("The consumer does not support topic-specific offset deletion from a consumer group.")
            }
        }
        if given.has(GroupOptions.deleteOffsets), !given.has(GroupOptions.group) || !given.has(GroupOptions.topic) {
            throw .misuse("Option [delete-offsets] takes the following options: [topic], [group]")
        }
        guard given.has(GroupOptions.resetOffsets) else { return }
        switch (given.has(GroupOptions.dryRun), given.has(GroupOptions.execute)) {
        case (true, true): throw .misuse("Option [reset-offsets] only accepts one of [execute] and [dry-run]")
        case (false, false):
            warn(
                "WARN: No action will be performed as the --execute option is missing.In a future major release, "
                    + "the default "
                    + "behavior of this command will be to prompt the user before executing the reset rather than "
                    + "doing a "
                    + "dry run. You should add the --dry-run option explicitly if you are scripting this command "
                    + "and want to "
                    + "keep the current default behavior without prompting."
            )
        default: break
        }
        try requireScope(GroupOptions.resetOffsets)
    }

    private static func checkOthers(_ given: ToolOptions) throws(ToolFailure) {
        func check(_ option: ToolOption, against others: [ToolOption]) throws(ToolFailure) {
            guard given.has(option) else { return }
            for other in others where other != option && given.has(other) {
                throw .contradiction(option.name, other.name)
            }
        }
        if given.has(GroupOptions.resetOffsets) {
            for scenario in [
                GroupOptions.toOffset, GroupOptions.toDatetime, GroupOptions.byDuration, GroupOptions.toEarliest,
                GroupOptions.toLatest, GroupOptions.toCurrent, GroupOptions.shiftBy, GroupOptions.fromFile,
            ] {
                try check(scenario, against: GroupOptions.scenarios)
            }
        }
        try check(GroupOptions.group, against: [GroupOptions.allGroups])
        try check(GroupOptions.group, against: [GroupOptions.list])
        try check(GroupOptions.topic, against: [GroupOptions.describe, GroupOptions.list])
    }
}
