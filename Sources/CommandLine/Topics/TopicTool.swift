import KafkaClient
import KafkaProtocol
import Logging
import Records

/// Performs what `millrace topics` is asked for, and prints what Kafka's tool prints.
struct TopicTool: Sendable {
    let admin: AdminClient
    let console: Console
    let options: TopicOptions

    /// The exit code: 1 after an error, whose line stands on standard output as with Kafka's tool.
    func perform(_ action: TopicOptions.Action) async -> Int32 {
        do throws(TopicToolError) {
            switch action {
            case .create: try await create()
            case .list: try await list()
            case .describe: try await describe()
            case .alter: try await alter()
            case .delete: try await delete()
            }
            return 0
        } catch {
            console.print("Error while executing topic command : \(error.message)")
            if let hint = error.hint { console.logWarning(hint) }
            return 1
        }
    }

    private func create() async throws(TopicToolError) {
        let topic = try TopicRequest.newTopic(options)
        if let warning = TopicRequest.collisionWarning(topic.name) { console.print(warning) }
        try TopicRequest.check(topic)
        let results = try await call("createTopics") { () throws(KafkaError) in try await admin.createTopics([topic]) }
        switch results[topic.name] {
        case .success: console.print("Created topic \(topic.name).")
        case .failure(let error) where error.code == .topicAlreadyExists && options.ifNotExists: break
        case .failure(let error): throw TopicToolError(JavaError.message(error))
        case nil: throw TopicToolError("The broker did not answer for topic \(topic.name).")
        }
    }

    private func list() async throws(TopicToolError) {
        let names = try await topics().map(\.rawValue)
        console.print(
            options.asJSON ? JSONValue.array(names.map(JSONValue.string)).description : names.joined(separator: "\n")
        )
    }

    private func describe() async throws(TopicToolError) {
        let limit = try TopicRequest.number(
            options.partitionSizeLimit,
            of: "partition-size-limit-per-response"
        )
        let names = try await describedTopics()
        let query = TopicQuery(admin: admin)
        let described = try await call("describeTopics") { () throws(KafkaError) in
            try await query.describe(names, pageLimit: limit ?? 2000)
        }
        guard !options.asJSON else {
            return console.print(JSONValue.array(described.map(\.json)).description)
        }
        guard !described.isEmpty else { return }
        let cluster = try await call("describeCluster") { () throws(KafkaError) in try await admin.describeCluster() }
        let live = Set(cluster.brokers.map(\.id))
        for topic in described {
            for line in topic.lines(options.report, liveBrokers: live) { console.print(line) }
        }
    }

    /// By id where one is given, else by name.
    private func describedTopics() async throws(TopicToolError) -> [TopicName] {
        guard let text = options.topicID, let id = try TopicTool.id(text) else {
            return try await requiredTopics()
        }
        let all = try await listed()
        let found = all.filter { $0.id == id }.map(\.name)
        if found.isEmpty, !options.ifExists { throw TopicToolError("TopicId '\(id)' does not exist as expected") }
        return found
    }

    private func alter() async throws(TopicToolError) {
        let count = try TopicRequest.number(options.partitions, of: "partitions")
        let assignments = try TopicRequest.assignments(options.replicaAssignment)
        let names = try await requiredTopics()
        guard let count, !names.isEmpty else { return }
        guard assignments.isEmpty else { return try await assign(assignments, to: names, count: count) }
        let counts = Dictionary(uniqueKeysWithValues: names.map { ($0, count) })
        let results = try await call("createPartitions") { () throws(KafkaError) in
            try await admin.createPartitions(counts)
        }
        try TopicTool.check(results)
    }

    /// Adds partitions whose brokers are given: those of the partitions that exist already are passed over.
    private func assign(
        _ assignments: [PartitionIndex: [BrokerID]],
        to names: [TopicName],
        count: Int32
    ) async throws(TopicToolError) {
        let described = try await call("describeTopics") { () throws(KafkaError) in
            try await admin.describeTopics(names)
        }
        var request = CreatePartitionsRequest()
        request.timeoutMs = Int32(clamping: admin.client.configuration.requestTimeout.components.seconds * 1000)
        for name in names {
            guard case .success(let topic) = described[name] else { continue }
            let existing = topic.partitions.count
            let added = assignments.sorted { $0.key < $1.key }.dropFirst(existing)
            request.topics.append(
                .init(name: name, count: count, assignments: added.map { .init(brokerIds: $0.value) })
            )
        }
        let ready = request
        let response = try await call("createPartitions") { () throws(KafkaError) in
            try await admin.client.send(ready)
        }
        for result in response.results where result.errorCode != .none {
            throw TopicToolError(JavaError.message(KafkaError(result.errorCode, result.errorMessage)))
        }
    }

    private func delete() async throws(TopicToolError) {
        let names = try await requiredTopics()
        guard !names.isEmpty else { return }
        let results = try await call("deleteTopics") { () throws(KafkaError) in try await admin.deleteTopics(names) }
        try TopicTool.check(results)
    }

    // MARK: Choosing topics

    /// The names that `--topic` means; all without it.
    private func topics() async throws(TopicToolError) -> [TopicName] {
        let filter = try options.topic.map { text throws(TopicToolError) in try TopicFilter(text) }
        return try await listed().map(\.name).filter { filter?.allows($0.rawValue) ?? true }
    }

    private func listed() async throws(TopicToolError) -> [TopicMetadata] {
        let withInternal = !options.excludeInternal
        return try await call("listTopics") { () throws(KafkaError) in
            try await admin.listTopics(includeInternal: withInternal)
        }
    }

    /// Those names, of which there have to be some. Kafka's tool prints the Java Optional that it has the name in; so
    /// do we.
    private func requiredTopics() async throws(TopicToolError) -> [TopicName] {
        let filter = try options.topic.map { text throws(TopicToolError) in try TopicFilter(text) }
        let all = try await listed().map(\.name)
        let found = all.filter { filter?.allows($0.rawValue) ?? true }
        guard let topic = options.topic, !topic.isEmpty, found.isEmpty, !options.ifExists else { return found }
        let meant = Suggestion.nearest(to: topic, among: all.map(\.rawValue))
        throw TopicToolError(
            "Topic 'Optional[\(topic)]' does not exist as expected",
            hint: meant.map { "Did you mean \($0)?" }
        )
    }

    /// Nil for the id that stands for none. Errors: a text that is not 16 bytes of base64.
    static func id(_ text: String) throws(TopicToolError) -> TopicID? {
        if let id = KafkaUUID(text) { return id == .zero ? nil : TopicID(id) }
        if text.utf8.count > 24 {
            throw TopicToolError(
                "Input string with prefix `\(text.prefix(24))` is too long to be decoded as a base64 UUID"
            )
        }
        let characters = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.count
        throw TopicToolError(
            "Input string `\(text)` decoded as \(characters * 6 / 8) bytes, which is not equal to the expected "
                + "16 bytes of a base64-encoded UUID"
        )
    }

    // MARK: Calling

    /// Errors are put into Kafka's words; what really happened goes to the log.
    private func call<R>(
        _ name: String,
        _ body: () async throws(KafkaError) -> R
    ) async throws(TopicToolError) -> R {
        do throws(KafkaError) {
            return try await body()
        } catch {
            let hasReachedBroker = !admin.client.cachedMetadata.brokers.isEmpty
            console.logError("\(name): \(error)")
            throw TopicToolError(error, call: name, hasReachedBroker: hasReachedBroker)
        }
    }

    private static func check(_ results: [TopicName: Result<Void, KafkaError>]) throws(TopicToolError) {
        for (_, result) in results.sorted(by: { $0.key < $1.key }) {
            if case .failure(let error) = result { throw TopicToolError(JavaError.message(error)) }
        }
    }
}
