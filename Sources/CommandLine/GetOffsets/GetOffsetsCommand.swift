import KafkaClient

/// `millrace get-offsets`: prints offsets of partitions, as `kafka-get-offsets.sh` does.
enum GetOffsetsCommand: ToolCommand {
    static let topicPartitions = ToolOption.value(
        "topic-partitions",
        "topic1:1,topic2:0-3,...",
        "Partitions by patterns of topic and partition: a number, FROM-TO without TO, FROM-, -TO, or nothing for "
            + "all. The "
            + "topic is a regular expression; nothing stands for every topic."
    )
    static let topic = ToolOption.value("topic", "name", "The topics, by a regular expression; all without it.")
    static let partitions = ToolOption.value("partitions", "numbers", "Partitions, parted by commas; all without it.")
    static let time = ToolOption.value(
        "time",
        "time",
        "Which offset: milliseconds since 1970 for the first record of that time or later, or -1 or latest (the "
            + "default), "
            + "-2 or earliest, -3 or max-timestamp, -4 or earliest-local, -5 or latest-tiered."
    )
    static let excludeInternalTopics = ToolOption.flag(
        "exclude-internal-topics",
        "Leave out topics that belong to Kafka itself."
    )

    static let syntax = ToolSyntax(
        name: "get-offsets",
        abstract: "Print offsets of partitions.",
        purpose: "An interactive shell for getting topic-partition offsets.",
        examples: [
            "--bootstrap-server localhost:9092 --topic orders",
            "--bootstrap-server localhost:9092 --topic orders --time earliest",
            "--bootstrap-server localhost:9092 --topic-partitions 'orders:0-3,payments:1'",
            "--bootstrap-server localhost:9092 --time 1700000000000 --exclude-internal-topics --output json",
        ],
        options: [
            .bootstrapServer, topicPartitions, topic, partitions, time, .commandConfig, excludeInternalTopics, .output,
        ]
    )

    static func failure(_ error: OptionError) -> ToolFailure { refusal(error.message) }

    private static func refusal(_ message: String) -> ToolFailure { .refused("Error occurred: \(message)") }

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        guard let servers = try read({ () throws(OptionError) in try options.value(.bootstrapServer) }) else {
            throw .missing("bootstrap-server")
        }
        guard ServerList.hosts(servers) != nil else {
            throw .misuse("Please provide valid host:port like host1:9091,host2:9092\n")
        }
        let asJSON = try wantsJSON(options)
        let query: OffsetQuery
        do throws(OffsetQueryError) {
            query = try OffsetQuery(options)
        } catch {
            throw refusal(error.message)
        }
        let client: KafkaClient
        do throws(ToolFailure) {
            client = try AdminTool.client(
                servers: servers,
                commandConfig: try read { () throws(OptionError) in try options.value(.commandConfig) },
                clientID: "GetOffsetShell",
                console: console
            )
        } catch {
            guard case .cannotBegin(let sentence, let cause) = error else { throw error }
            if let cause { console.logError(cause) }
            throw refusal(sentence)
        }
        let code = await answer(query, AdminClient(client), asJSON: asJSON, console)
        await client.close()
        return code
    }

    private static func answer(
        _ query: OffsetQuery,
        _ admin: AdminClient,
        asJSON: Bool,
        _ console: Console
    ) async -> Int32 {
        do throws(OffsetQueryError) {
            let rows = try await query.run(admin, on: console)
            if asJSON {
                let values = rows.map { id, offset in
                    JSONValue.members([
                        "topic": .string(id.topic.rawValue), "partition": .integer(Int64(id.partition.rawValue)),
                        "offset": .integer(offset.rawValue),
                    ])
                }
                console.print(JSONValue.array(values).description)
            } else if !rows.isEmpty {
                console.print(rows.map { "\($0.topic):\($0.partition):\($1)" }.joined(separator: "\n"))
            }
            return 0
        } catch {
            console.complain("Error occurred: \(error.message)")
            if let hint = error.hint { console.logWarning(hint) }
            return 1
        }
    }
}
