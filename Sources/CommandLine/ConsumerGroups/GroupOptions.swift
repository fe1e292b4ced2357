/// What `millrace consumer-groups` may be called with.
enum GroupOptions {
    static let group = ToolOption.value("group", "id", "The group; may be repeated.")
    static let topic = ToolOption.value(
        "topic",
        "topic[:0,1,2]",
        "The topic whose offsets are reset or deleted, or some of its partitions; may be repeated."
    )
    static let allTopics = ToolOption.flag("all-topics", "Reset the offsets of every topic of the group.")
    static let list = ToolOption.flag("list", "List the groups.")
    static let describe = ToolOption.flag("describe", "Describe groups: offsets and lag, or members, or the state.")
    static let allGroups = ToolOption.flag("all-groups", "Every group, in place of --group.")
    static let delete = ToolOption.flag("delete", "Delete groups without members, with their offsets.")
    static let timeout = ToolOption.value("timeout", "ms", "How long any call may take; 5000 where it is left out.")
    static let resetOffsets = ToolOption.flag(
        "reset-offsets",
        "Set the offsets of groups without members: one of --to-earliest, --to-latest, --to-current, --to-offset, "
            + "--to-datetime, --by-duration, --shift-by, --from-file, for --topic or --all-topics. Nothing "
            + "changes without "
            + "--execute."
    )
    static let deleteOffsets = ToolOption.flag("delete-offsets", "Delete the offsets that a group has in --topic.")
    static let dryRun = ToolOption.flag("dry-run", "Only show what --reset-offsets would do.")
    static let execute = ToolOption.flag("execute", "Do what --reset-offsets shows.")
    static let export = ToolOption.flag("export", "Print the offsets of --reset-offsets as CSV, for --from-file.")
    static let toOffset = ToolOption.value("to-offset", "offset", "Reset to this offset.")
    static let fromFile = ToolOption.value("from-file", "file", "Reset to the offsets of a CSV file.")
    static let toDatetime = ToolOption.value(
        "to-datetime",
        "YYYY-MM-DDTHH:mm:SS.sss",
        "Reset to the first record of this time or later; in UTC, unless Z, +hh or +hh:mm follows."
    )
    static let byDuration = ToolOption.value(
        "by-duration",
        "PnDTnHnMnS",
        "Reset to the first record since so long ago."
    )
    static let toEarliest = ToolOption.flag("to-earliest", "Reset to the first record.")
    static let toLatest = ToolOption.flag("to-latest", "Reset to the end.")
    static let toCurrent = ToolOption.flag("to-current", "Reset to the committed offset, or to the end without one.")
    static let shiftBy = ToolOption.value("shift-by", "count", "Move the committed offset, forward or, below 0, back.")
    static let members = ToolOption.flag("members", "Describe the members.", beside: ["describe"])
    static let verbose = ToolOption.flag("verbose", "Describe more: what the members have.", beside: ["describe"])
    static let offsets = ToolOption.flag("offsets", "Describe offsets and lag, as without it.", beside: ["describe"])
    static let state = ToolOption.optional(
        "state",
        "state,...",
        "Describe the state; or list the groups with their states, those in these states.",
        beside: ["describe", "list"]
    )
    static let type = ToolOption.optional(
        "type",
        "type,...",
        "List the groups with their types, those of these types.",
        beside: ["list"]
    )

    static let all: [ToolOption] = [
        .bootstrapServer, .commandConfig, list, describe, delete, resetOffsets, deleteOffsets, group, allGroups, topic,
        allTopics, offsets, members, state, type, verbose, toEarliest, toLatest, toCurrent, toOffset, toDatetime,
        byDuration, shiftBy, fromFile, dryRun, execute, export, timeout, .output,
    ]

    /// Where to reset to, in the order of the hash table that Kafka's tool prints.
    static let scenarios = [toOffset, toCurrent, toDatetime, fromFile, byDuration, toEarliest, toLatest, shiftBy]
}
