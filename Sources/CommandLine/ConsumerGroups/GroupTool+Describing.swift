import KafkaClient
import KafkaProtocol
import Records

extension GroupTool {
    func describe(_ aspect: GroupTask.Aspect) async throws(GroupToolError) {
        let ids = try await chosenGroups()
        let groups = try await described(ids, .once)
        switch aspect {
        case .offsets: try await describeOffsets(groups)
        case .members(let verbose): try describeMembers(groups, verbose: verbose)
        case .state: try describeStates(groups)
        }
        try await suggest(groups.filter { $0.state == .dead }.map(\.id))
    }

    /// By id. Errors: a group that could not be described.
    func described(
        _ ids: [GroupID],
        _ wrapping: GroupToolError.Wrapping
    ) async throws(GroupToolError) -> [GroupDescription] {
        try await call("describeConsumerGroups(api=FIND_COORDINATOR)", wrapping) { () throws(KafkaError) in
            let results = try await admin.describe(groups: ids)
            var groups: [GroupDescription] = []
            for id in ids.sorted() { if let group = try results[id]?.get() { groups.append(group) } }
            return groups
        }
    }

    // MARK: Offsets

    private func describeOffsets(_ groups: [GroupDescription]) async throws(GroupToolError) {
        let living = groups.filter { $0.state != .dead }
        let committed = try await committedOffsets(living.map(\.id))
        var partitions = Set(living.flatMap(\.members).flatMap(\.assignment))
        for offsets in committed.values { partitions.formUnion(offsets.keys) }
        let ends = try await ends(of: partitions)
        var reports: [JSONValue] = []
        for group in groups {
            let rows = GroupOffsetRow.rows(of: group, committed: committed[group.id] ?? [:], ends: ends)
            if asJSON {
                reports.append(group.json(with: "offsets", .array(rows.map(\.json))))
            } else if try tell(group, rows: rows.count) {
                console.print("\n" + GroupOffsetRow.table(rows).lines().joined(separator: "\n"))
            }
        }
        if asJSON { console.print(JSONValue.array(reports).description) }
    }

    /// The committed offsets by group. Errors: those of any group.
    func committedOffsets(
        _ ids: [GroupID]
    ) async throws(GroupToolError) -> [GroupID: [TopicPartition: OffsetAndMetadata]] {
        guard !ids.isEmpty else { return [:] }
        return try await call("offsetFetch(api=FIND_COORDINATOR)", .twice) { () throws(KafkaError) in
            var offsets: [GroupID: [TopicPartition: OffsetAndMetadata]] = [:]
            for (id, result) in try await admin.listGroupOffsets(ids) { offsets[id] = try result.get() }
            return offsets
        }
    }

    /// The log end offsets; partitions that nobody leads, or whose topic is gone, have none, which the log says.
    private func ends(of partitions: Set<TopicPartition>) async throws(GroupToolError) -> [TopicPartition: Offset] {
        guard !partitions.isEmpty else { return [:] }
        let specs = Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetSpec.latest) })
        let found = try await call("listOffsets(api=METADATA)", .twice) { () throws(KafkaError) in
            try await admin.listOffsets(specs)
        }
        var ends: [TopicPartition: Offset] = [:]
        for (id, result) in found {
            switch result {
            case .success(let listed): ends[id] = listed.offset
            case .failure(let error): console.logWarning("The end of \(id) is not known: \(error)")
            }
        }
        return ends
    }

    // MARK: Members and states

    private func describeMembers(_ groups: [GroupDescription], verbose: Bool) throws(GroupToolError) {
        var reports: [JSONValue] = []
        for group in groups {
            if asJSON {
                reports.append(group.json(with: "members", .array(group.members.map(\.json))))
            } else {
                _ = try tell(group, rows: group.members.count)
                console.print("\n" + GroupTool.memberTable(group, verbose: verbose).lines().joined(separator: "\n"))
            }
        }
        if asJSON { console.print(JSONValue.array(reports).description) }
    }

    /// The column for instance ids is there when any member has one.
    static func memberTable(_ group: GroupDescription, verbose: Bool) -> TextTable {
        let members = group.state == .dead ? [] : group.members
        let hasInstances = members.contains { $0.instanceID?.isEmpty == false }
        var columns: [TextTable.Column] = [.init("GROUP", atLeast: 15), .init("CONSUMER-ID", atLeast: 15)]
        if hasInstances { columns.append(.init("GROUP-INSTANCE-ID", atLeast: 17)) }
        columns += [
            .init("HOST", atLeast: 15), .init("CLIENT-ID", atLeast: 15),
            .init("#PARTITIONS", atLeast: 15, grows: false),
            .init(verbose ? "ASSIGNMENT" : "", atLeast: 0, grows: false),
        ]
        var table = TextTable(columns: columns)
        table.rows = members.map { member in
            [group.id.rawValue, member.id.rawValue] + (hasInstances ? [member.instanceID ?? ""] : [])
                + [
                    member.host, member.clientID, String(member.assignment.count),
                    verbose ? assignmentText(member.assignment) : "",
                ]
        }
        return table
    }

    /// The partitions of each topic in parentheses; Kafka's tool leaves out the topics' names, and sorts numbers as
    /// texts.
    private static func assignmentText(_ partitions: [TopicPartition]) -> String {
        guard !partitions.isEmpty else { return "-" }
        return Dictionary(grouping: partitions, by: \.topic).values.map { group in
            "(" + group.map(\.partition.description).sorted().joined(separator: ",") + ")"
        }.sorted().joined(separator: ", ")
    }

    private func describeStates(_ groups: [GroupDescription]) throws(GroupToolError) {
        var reports: [JSONValue] = []
        for group in groups {
            if asJSON {
                reports.append(group.json(with: "memberCount", .integer(Int64(group.members.count))))
            } else if try tell(group, rows: 1) {
                let node = group.coordinator
                let coordinator = "\(node.host):\(node.port)  (\(node.id))"
                let table = TextTable(
                    columns: [
                        .init("GROUP", atLeast: max(25, coordinator.utf16.count), grows: false),
                        .init("COORDINATOR (ID)", atLeast: 25, grows: false),
                        .init("ASSIGNMENT-STRATEGY", atLeast: 20, grows: false),
                        .init("STATE", atLeast: 15, grows: false), .init("#MEMBERS", atLeast: 0, grows: false),
                    ],
                    rows: [
                        [
                            group.id.rawValue, coordinator, group.assignor, group.state.rawValue,
                            String(group.members.count),
                        ]
                    ]
                )
                console.print("\n" + table.lines().joined(separator: "\n"))
            }
        }
        if asJSON { console.print(JSONValue.array(reports).description) }
    }

    /// Says what is special about the group's state; false where there is nothing to show.
    private func tell(_ group: GroupDescription, rows: Int) throws(GroupToolError) -> Bool {
        switch group.state {
        case .dead:
            console.print("\nError: Consumer group '\(group.id)' does not exist.")
            return false
        case .empty: console.complain("\nConsumer group '\(group.id)' has no active members.")
        case .preparingRebalance, .completingRebalance, .assigning, .reconciling:
            console.complain("\nWarning: Consumer group '\(group.id)' is rebalancing.")
        case .stable: break
        default: throw .failed("Expected a valid consumer group state, but found '\(group.state)'.")
        }
        return rows > 0
    }
}
