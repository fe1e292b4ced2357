import KafkaClient
import KafkaProtocol
import Records

extension GroupTool {
    func resetOffsets() async throws(GroupToolError) {
        let ids = try await chosenGroups()
        let groups = try await described(ids, .twice)
        var prepared: [(group: GroupID, offsets: [TopicPartition: Offset])] = []
        for group in groups {
            guard group.state == .empty || group.state == .dead else {
                console.print(
                    "\nError: Assignments can only be reset if the group '\(group.id)' is inactive, but the "
                        + "current state is "
                        + "\(group.state)."
                )
                prepared.append((group.id, [:]))
                continue
            }
            let offsets = try await preparedOffsets(group.id, try await partitionsToReset(group.id))
            if given.has(GroupOptions.execute) { try await commit(offsets, group.id) }
            prepared.append((group.id, offsets))
        }
        tell(prepared)
    }

    private func commit(_ offsets: [TopicPartition: Offset], _ group: GroupID) async throws(GroupToolError) {
        guard !offsets.isEmpty else { return }
        let committed = offsets.mapValues { OffsetAndMetadata($0) }
        try await call("offsetCommit(api=FIND_COORDINATOR)", .twice) { () throws(KafkaError) in
            for result in try await admin.alterGroupOffsets(group, committed).values { try result.get() }
        }
    }

    private func tell(_ prepared: [(group: GroupID, offsets: [TopicPartition: Offset])]) {
        let rows = prepared.flatMap { group, offsets in
            offsets.sorted { $0.key < $1.key }.map { (group: group, id: $0.key, offset: $0.value) }
        }
        if given.has(GroupOptions.export) {
            let hasOneGroup = given.values(GroupOptions.group).count == 1
            let lines = rows.map { ResetPlan.line(hasOneGroup ? nil : $0.group, $0.id, $0.offset) + "\n" }
            return console.print(lines.joined())
        }
        if asJSON {
            let values = rows.map { row in
                JSONValue.members([
                    "group": .string(row.group.rawValue), "topic": .string(row.id.topic.rawValue),
                    "partition": .integer(Int64(row.id.partition.rawValue)), "newOffset": .integer(row.offset.rawValue),
                ])
            }
            return console.print(JSONValue.array(values).description)
        }
        guard !prepared.isEmpty else { return console.print("") }
        var table = TextTable(columns: [
            .init("GROUP", atLeast: 30, grows: false), .init("TOPIC", atLeast: 30, grows: false),
            .init("PARTITION", atLeast: 10, grows: false), .init("NEW-OFFSET", atLeast: 15, grows: false),
        ])
        table.rows = rows.map {
            [$0.group.rawValue, $0.id.topic.rawValue, $0.id.partition.description, $0.offset.description]
        }
        console.print("\n" + table.lines().joined(separator: "\n"))
    }

    // MARK: Which partitions

    private func partitionsToReset(_ group: GroupID) async throws(GroupToolError) -> [TopicPartition] {
        if given.has(GroupOptions.allTopics) {
            return try await committedOffsets([group])[group, default: [:]].keys.sorted()
        }
        guard given.has(GroupOptions.topic) else {
            guard given.has(GroupOptions.fromFile) else {
                throw .misuse("One of the reset scopes should be defined: --all-topics, --topic.")
            }
            return []
        }
        let arguments = try given.values(GroupOptions.topic).map { text throws(GroupToolError) in
            try TopicArgument(text)
        }
        let whole = arguments.filter { $0.partitions == nil }.map(\.topic)
        var chosen = arguments.flatMap { argument in
            (argument.partitions ?? []).map { TopicPartition(argument.topic, $0) }
        }
        if !whole.isEmpty {
            let topics = try await call("describeTopics", .twice) { () throws(KafkaError) in
                var topics: [TopicMetadata] = []
                for (_, result) in try await admin.describeTopics(whole) { topics.append(try result.get()) }
                return topics
            }
            chosen += topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0.index) } }
        }
        return Set(chosen).sorted()
    }

    // MARK: Which offsets

    private func preparedOffsets(
        _ group: GroupID,
        _ partitions: [TopicPartition]
    ) async throws(GroupToolError) -> [TopicPartition: Offset] {
        if let offset = try number(GroupOptions.toOffset) {
            return try await withinRange(Dictionary(partitions.map { ($0, Offset(offset)) }) { $1 })
        }
        if given.has(GroupOptions.toEarliest) { return try await offsets(of: partitions, .earliest) }
        if given.has(GroupOptions.toLatest) { return try await offsets(of: partitions, .latest) }
        if let count = try number(GroupOptions.shiftBy) {
            let current = try await committedOffsets([group])[group] ?? [:]
            var shifted: [TopicPartition: Offset] = [:]
            for id in partitions {
                guard let offset = current[id]?.offset.rawValue else {
                    throw .misuse("Cannot shift offset for partition \(id) since there is no current committed offset")
                }
                let (sum, overflow) = offset.addingReportingOverflow(count)
                shifted[id] = Offset(overflow ? (count < 0 ? 0 : .max) : sum)
            }
            return try await withinRange(shifted)
        }
        if let text = try text(GroupOptions.toDatetime) {
            switch DateTimeText.timestamp(text) {
            case .success(let time): return try await offsets(of: partitions, at: time)
            case .failure(let error): throw .failed("java.text.ParseException: \(error.message)")
            }
        }
        if let text = try text(GroupOptions.byDuration) {
            guard let duration = Duration(iso8601: text) else { throw .failed("Text cannot be parsed to a Duration") }
            let now = Timestamp.now().rawValue
            return try await offsets(of: partitions, at: Timestamp(now - Int64(duration / .milliseconds(1))))
        }
        if let path = try text(GroupOptions.fromFile) {
            let groups = given.values(GroupOptions.group)
            let plan = try ResetPlan(file: path, group: groups.count == 1 ? group : nil)
            guard let planned = plan.offsets[group] else {
                console.print("\nError: No reset plan for group \(group) found")
                return [:]
            }
            return try await withinRange(planned)
        }
        guard given.has(GroupOptions.toCurrent) else {
            let names = GroupOptions.scenarios.map { "[\($0.name)]" }.joined(separator: ", ")
            throw .misuse("Option '[reset-offsets]' requires one of the following scenarios: [\(names)]")
        }
        let current = try await committedOffsets([group])[group] ?? [:]
        let others = try await offsets(of: partitions.filter { current[$0] == nil }, .latest)
        return Dictionary(partitions.compactMap { id in (current[id]?.offset ?? others[id]).map { (id, $0) } }) { $1 }
    }

    private func text(_ option: ToolOption) throws(GroupToolError) -> String? {
        do throws(OptionError) { return try given.value(option) } catch { throw .failed(error.message) }
    }

    private func number(_ option: ToolOption) throws(GroupToolError) -> Int64? {
        do throws(OptionError) { return try given.int64(option) } catch { throw .failed(error.message) }
    }

    /// The offset that `spec` finds in each partition. Errors: those of any partition.
    private func offsets(
        of partitions: [TopicPartition],
        _ spec: OffsetSpec
    ) async throws(GroupToolError) -> [TopicPartition: Offset] {
        guard !partitions.isEmpty else { return [:] }
        let specs = Dictionary(partitions.map { ($0, spec) }) { $1 }
        return try await call("listOffsets(api=METADATA)", .twice) { () throws(KafkaError) in
            var offsets: [TopicPartition: Offset] = [:]
            for (id, result) in try await admin.listOffsets(specs) { offsets[id] = try result.get().offset }
            return offsets
        }
    }

    /// The first records of the time or later; the end where there is none, which is said.
    private func offsets(
        of partitions: [TopicPartition],
        at time: Timestamp
    ) async throws(GroupToolError) -> [TopicPartition: Offset] {
        var found = try await offsets(of: partitions, .timestamp(time))
        let missing = partitions.filter { found[$0]?.rawValue ?? -1 < 0 }
        for id in missing {
            console.print(
                "\nWarn: Partition \(id.partition) from topic \(id.topic) is empty. Falling back to latest known "
                    + "offset."
            )
        }
        found.merge(try await offsets(of: missing, .latest)) { $1 }
        return found
    }

    /// Offsets beyond the end or before the start are moved there, which the log says.
    private func withinRange(
        _ wanted: [TopicPartition: Offset]
    ) async throws(GroupToolError) -> [TopicPartition: Offset] {
        let partitions = wanted.keys.sorted()
        let starts = try await offsets(of: partitions, .earliest)
        let ends = try await offsets(of: partitions, .latest)
        var offsets: [TopicPartition: Offset] = [:]
        for (id, offset) in wanted.sorted(by: { $0.key < $1.key }) {
            offsets[id] = offset
            if let end = ends[id], offset > end {
                console.logWarning(
                    "New offset (\(offset)) is higher than latest offset for topic partition \(id). Value will be "
                        + "set to \(end)"
                )
                offsets[id] = end
            } else if let start = starts[id], offset < start {
                console.logWarning(
                    "New offset (\(offset)) is lower than earliest offset for topic partition \(id). Value will "
                        + "be set to "
                        + "\(start)"
                )
                offsets[id] = start
            }
        }
        return offsets
    }
}
