import KafkaClient
import Records

/// Why offsets cannot be told: the sentence after `Error occurred: `.
struct OffsetQueryError: Error, Hashable {
    let message: String
    /// A line that helps a person, where there is one.
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

/// Which offset of which partitions `millrace get-offsets` is asked for.
struct OffsetQuery {
    let partitions: PartitionFilter
    let spec: OffsetSpec
    let excludesInternalTopics: Bool
    /// What was typed for the topic; for hints.
    let topicText: String?

    /// Errors: options that do not go together, and texts that cannot be read.
    init(_ options: ToolOptions) throws(OffsetQueryError) {
        let patterns = try OffsetQuery.value(options, GetOffsetsCommand.topicPartitions)
        let topic = try OffsetQuery.value(options, GetOffsetsCommand.topic)
        let numbers = try OffsetQuery.value(options, GetOffsetsCommand.partitions)
        if patterns != nil, topic != nil || numbers != nil {
            throw OffsetQueryError("--topic-partitions cannot be used with --topic or --partitions")
        }
        excludesInternalTopics = options.has(GetOffsetsCommand.excludeInternalTopics)
        spec = try OffsetQuery.spec(try OffsetQuery.value(options, GetOffsetsCommand.time) ?? "latest")
        if let patterns {
            partitions = try PartitionFilter(patterns: patterns)
        } else {
            partitions = try PartitionFilter(topic: topic ?? ".*", partitions: numbers ?? "")
        }
        topicText = topic
    }

    private static func value(_ options: ToolOptions, _ option: ToolOption) throws(OffsetQueryError) -> String? {
        do throws(OptionError) {
            return try options.value(option)
        } catch {
            throw OffsetQueryError(error.message)
        }
    }

    /// Reads `--time`.
    static func spec(_ text: String) throws(OffsetQueryError) -> OffsetSpec {
        switch text {
        case "earliest": return .earliest
        case "latest": return .latest
        case "max-timestamp": return .maxTimestamp
        case "earliest-local": return .earliestLocal
        case "latest-tiered": return .latestTiered
        default:
            guard let number = Int64(text) else {
                throw OffsetQueryError(
                    "Malformed time argument \(text). Please use -1 or latest / -2 or earliest / -3 or "
                        + "max-timestamp / -4 or "
                        + "earliest-local / -5 or latest-tiered, or a specified long format timestamp"
                )
            }
            return OffsetSpec(rawValue: number)
        }
    }

    /// The offsets, in the order of the partitions' texts; partitions without one are left out.
    func run(
        _ admin: AdminClient,
        on console: Console
    ) async throws(OffsetQueryError) -> [(key: TopicPartition, value: Offset)] {
        let topics = try await call(admin, "listTopics") { () throws(KafkaError) in
            try await admin.listTopics(includeInternal: !excludesInternalTopics)
        }
        let chosen = topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.name, $0.index) }.filter(partitions.allows)
        }
        guard !chosen.isEmpty else {
            throw OffsetQueryError(
                "Could not match any topic-partitions with the specified filters",
                hint: topicText.flatMap { Suggestion.nearest(to: $0, among: topics.map(\.name.rawValue)) }
                    .map { "Did you mean \($0)?" }
            )
        }
        let specs = Dictionary(uniqueKeysWithValues: chosen.map { ($0, spec) })
        let found = try await call(admin, "listOffsets(api=LIST_OFFSETS)") { () throws(KafkaError) in
            try await admin.listOffsets(specs)
        }
        var offsets: [TopicPartition: Offset] = [:]
        for id in chosen {
            switch found[id] {
            case .success(let listed): if listed.offset.rawValue >= 0 { offsets[id] = listed.offset }
            case .failure(let error):
                console.complain(
                    "Skip getting offsets for topic-partition \(id) due to error: \(JavaError.text(error))"
                )
            case nil:
                console.complain("Skip getting offsets for topic-partition \(id): the broker did not answer for it")
            }
        }
        return offsets.sorted { $0.key.description < $1.key.description }
    }

    private func call<R>(
        _ admin: AdminClient,
        _ name: String,
        _ body: () async throws(KafkaError) -> R
    ) async throws(OffsetQueryError) -> R {
        do throws(KafkaError) {
            return try await body()
        } catch {
            let told = JavaError.ofCall(error, call: name, hasReachedBroker: admin.client.hasReachedBroker)
            throw OffsetQueryError(JavaError.text(told), hint: "\(error)")
        }
    }
}
