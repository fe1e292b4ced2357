import KafkaClient
import KafkaProtocol
import Records

extension GroupTool {
    func deleteOffsets() async throws(GroupToolError) {
        let texts = given.values(GroupOptions.topic)
        let ids = given.values(GroupOptions.group)
        guard ids.count == 1, let id = ids.first else {
            throw .failed(OptionError.several(GroupOptions.group.name).message)
        }
        let group = GroupID(id)
        let arguments = try texts.map { text throws(GroupToolError) in try TopicArgument(text) }
        var partitions = Set(
            arguments.flatMap { argument in (argument.partitions ?? []).map { TopicPartition(argument.topic, $0) } }
        )
        var failed: [TopicName: KafkaError] = [:]
        let whole = arguments.filter { $0.partitions == nil }.map(\.topic)
        if !whole.isEmpty {
            let topics = try await call("describeTopics", .once) { () throws(KafkaError) in
                try await admin.describeTopics(whole)
            }
            for (name, result) in topics {
                switch result {
                case .success(let topic): partitions.formUnion(topic.partitions.map { TopicPartition(name, $0.index) })
                case .failure(let error): failed[name] = error
                }
            }
        }
        var whatFailed: KafkaError?
        var results: [TopicPartition: Result<Void, KafkaError>] = [:]
        do throws(KafkaError) {
            results = try await admin.deleteGroupOffsets(group, partitions.sorted())
            for id in partitions.sorted() {
                if case .failure(let error) = results[id] { whatFailed = whatFailed ?? error }
            }
        } catch {
            let call = "offsetDelete(api=FIND_COORDINATOR)"
            let told = JavaError.ofCall(error, call: call, hasReachedBroker: admin.client.hasReachedBroker)
            whatFailed = told
            for id in partitions { results[id] = .failure(told) }
        }
        if asJSON { return console.print(GroupTool.json(results, failed).description) }
        tell(whatFailed?.code ?? .none, group, texts)
        console.print("\n" + GroupTool.table(results, failed).lines().joined(separator: "\n"))
        if whatFailed?.code == .groupIdNotFound { try await suggest([group]) }
    }

    private func tell(_ code: ErrorCode, _ group: GroupID, _ topics: [String]) {
        switch code {
        case .none:
            console.print(
                "Request succeed for deleting offsets with topic \(topics.joined(separator: ", ")) group \(group)"
            )
        case .invalidGroupId: console.print("\nError: '\(group)' is not valid.")
        case .groupIdNotFound: console.print("\nError: '\(group)' does not exist.")
        case .groupAuthorizationFailed: console.print("\nError: Access to '\(group)' is not authorized.")
        case .nonEmptyGroup:
            console.print(
                "\nError: Deleting offsets of a consumer group '\(group)' is forbidden if the group is not empty."
            )
        case .groupSubscribedToTopic, .topicAuthorizationFailed, .unknownTopicOrPartition:
            console.print("\nError: Encounter some partition level error, see the follow-up details:")
        default: console.print("\nError: Encounter some unknown error: \(code.name)")
        }
    }

    private static func table(
        _ results: [TopicPartition: Result<Void, KafkaError>],
        _ failed: [TopicName: KafkaError]
    ) -> TextTable {
        var table = TextTable(columns: [
            .init("TOPIC", atLeast: 30, grows: false), .init("PARTITION", atLeast: 15, grows: false),
            .init("STATUS", atLeast: 15, grows: false),
        ])
        var rows: [(key: String, row: [String])] = failed.map { topic, error in
            ("\(topic)-1", [topic.rawValue, "Not Provided", "Error: :\(JavaError.text(error))"])
        }
        for (id, result) in results {
            var status = "Successful"
            if case .failure(let error) = result { status = "Error: :\(JavaError.text(error))" }
            rows.append(("\(id.topic)\(id.partition)", [id.topic.rawValue, id.partition.description, status]))
        }
        table.rows = rows.sorted { $0.key < $1.key }.map(\.row)
        return table
    }

    private static func json(
        _ results: [TopicPartition: Result<Void, KafkaError>],
        _ failed: [TopicName: KafkaError]
    ) -> JSONValue {
        let unknown = failed.sorted { $0.key < $1.key }.map { topic, error in
            JSONValue.members([
                "topic": .string(topic.rawValue), "partition": .null, "error": .string(JavaError.text(error)),
            ])
        }
        let rows = results.sorted { $0.key < $1.key }.map { id, result in
            var error: String?
            if case .failure(let failure) = result { error = JavaError.text(failure) }
            return JSONValue.members([
                "topic": .string(id.topic.rawValue), "partition": .integer(Int64(id.partition.rawValue)),
                "error": .text(error),
            ])
        }
        return .array(unknown + rows)
    }
}
