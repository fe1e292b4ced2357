import KafkaClient
import KafkaProtocol
import Records

/// Performs what `millrace consumer-groups` is asked for, and prints what Kafka's tool prints.
struct GroupTool: Sendable {
    let admin: AdminClient
    let console: Console
    let given: ToolOptions
    let asJSON: Bool

    func perform(_ task: GroupTask) async throws(GroupToolError) {
        switch task {
        case .list(let type, let state, let hasType, let hasState):
            try await list(type: type, state: state, hasType: hasType, hasState: hasState)
        case .describe(let aspect): try await describe(aspect)
        case .delete: try await delete()
        case .resetOffsets: try await resetOffsets()
        case .deleteOffsets: try await deleteOffsets()
        }
    }

    // MARK: Listing

    private func list(type: String?, state: String?, hasType: Bool, hasState: Bool) async throws(GroupToolError) {
        let types = try GroupTool.types(type ?? "")
        let states = try GroupTool.states(state ?? "")
        let groups = try await listed(states: states, types: types, hasType || hasState ? .once : .twice)
        if asJSON {
            let rows = groups.map { group in
                JSONValue.members([
                    "group": .string(group.groupId.rawValue),
                    "type": .string(GroupType(told: group.groupType).rawValue),
                    "state": .string(GroupTool.state(group.groupState)),
                ])
            }
            return console.print(JSONValue.array(rows).description)
        }
        guard hasType || hasState else {
            if !groups.isEmpty { console.print(groups.map(\.groupId.rawValue).joined(separator: "\n")) }
            return
        }
        var table = TextTable(columns: [.init("GROUP", atLeast: 15, extra: 10)])
        if hasType { table.columns.append(.init("TYPE", atLeast: 20)) }
        if hasState { table.columns.append(.init("STATE", atLeast: 20)) }
        table.rows = groups.map { group in
            [group.groupId.rawValue] + (hasType ? [GroupType(told: group.groupType).rawValue] : [])
                + (hasState ? [GroupTool.state(group.groupState)] : [])
        }
        console.print(table.lines().joined(separator: "\n"))
    }

    /// Old brokers do not tell.
    private static func state(_ text: String) -> String { text.isEmpty ? GroupState.unknown.rawValue : text }

    /// Groups of consumers, by id.
    func listed(
        states: [GroupState] = [],
        types: [GroupType] = [],
        _ wrapping: GroupToolError.Wrapping
    ) async throws(GroupToolError) -> [ListGroupsResponse.ListedGroup] {
        try await call("findAllBrokers", wrapping) { () throws(KafkaError) in
            try await admin.listGroups(states: states, types: types)
        }.filter { $0.protocolType == "consumer" || $0.protocolType.isEmpty }
    }

    /// Reads a list of states, in any case of letters. Errors: words that are no states.
    static func states(_ text: String) throws(GroupToolError) -> [GroupState] {
        let known: [GroupState] = [
            .preparingRebalance, .completingRebalance, .stable, .dead, .empty, .assigning, .reconciling,
        ]
        return try words(text, known: known, name: \.rawValue) { list throws(GroupToolError) in
            throw .misuse("Invalid state list '\(text)'. Valid states are: \(list)")
        }
    }

    /// Reads a list of types, in any case of letters. Errors: words that are no types.
    static func types(_ text: String) throws(GroupToolError) -> [GroupType] {
        try words(text, known: [.consumer, .classic, .share], name: \.rawValue) { list throws(GroupToolError) in
            throw .misuse("Invalid types list '\(text)'. Valid types are: \(list)")
        }
    }

    private static func words<Word>(
        _ text: String,
        known: [Word],
        name: (Word) -> String,
        refuse: (String) throws(GroupToolError) -> Void
    ) throws(GroupToolError) -> [Word] {
        guard !text.isEmpty else { return [] }
        var found: [Word] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let wanted = part.filter { !$0.isWhitespace }.lowercased()
            guard let word = known.first(where: { name($0).lowercased() == wanted }) else {
                try refuse(known.map(name).joined(separator: ", "))
                continue
            }
            found.append(word)
        }
        return found
    }

    // MARK: Deleting

    private func delete() async throws(GroupToolError) {
        let ids = try await chosenGroups()
        let results = try await call("deleteConsumerGroups(api=FIND_COORDINATOR)", .once) { () throws(KafkaError) in
            try await admin.deleteGroups(ids)
        }
        var deleted: [String] = []
        var failed: [(GroupID, KafkaError)] = []
        for (id, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success: deleted.append(id.rawValue)
            case .failure(let error): failed.append((id, error))
            }
        }
        if asJSON {
            let rows =
                deleted.map { JSONValue.members(["group": .string($0), "deleted": .bool(true)]) }
                + failed.map { id, error in
                    .members([
                        "group": .string(id.rawValue), "deleted": .bool(false), "error": .string(JavaError.text(error)),
                    ])
                }
            return console.print(JSONValue.array(rows).description)
        }
        guard !failed.isEmpty else {
            return console.print(
                "Deletion of requested consumer groups ('\(deleted.joined(separator: ", "))') was successful."
            )
        }
        console.print("\nError: Deletion of some consumer groups failed:")
        for (id, error) in failed {
            console.print(
                "* Group '\(id)' could not be deleted due to: java.util.concurrent.ExecutionException: "
                    + JavaError.text(error)
            )
        }
        if !deleted.isEmpty {
            // The quotes stand as Kafka's tool puts them.
            console.print(
                "\nThese consumer groups were deleted successfully: '\(deleted.joined(separator: "'"))', '"
            )
        }
        try await suggest(failed.filter { $0.1.code == .groupIdNotFound }.map(\.0))
    }

    // MARK: Groups

    /// Those of `--group`, or all.
    func chosenGroups() async throws(GroupToolError) -> [GroupID] {
        if given.has(GroupOptions.allGroups) { return try await listed(.twice).map(\.groupId) }
        var ids: [GroupID] = []
        for id in given.values(GroupOptions.group).map({ GroupID($0) }) where !ids.contains(id) { ids.append(id) }
        return ids
    }

    /// For groups that there are none of: names that may have been meant, beside the answer.
    func suggest(_ missing: [GroupID]) async throws(GroupToolError) {
        guard !missing.isEmpty else { return }
        let known = try await listed(.once).map(\.groupId.rawValue)
        for id in missing {
            if let meant = Suggestion.nearest(to: id.rawValue, among: known) {
                console.logWarning("Did you mean '\(meant)'?")
            }
        }
    }

    // MARK: Calling

    func call<R>(
        _ name: String,
        _ wrapping: GroupToolError.Wrapping,
        _ body: () async throws(KafkaError) -> R
    ) async throws(GroupToolError) -> R {
        do throws(KafkaError) {
            return try await body()
        } catch {
            let told = JavaError.ofCall(error, call: name, hasReachedBroker: admin.client.hasReachedBroker)
            throw GroupToolError(told, wrapping)
        }
    }
}
