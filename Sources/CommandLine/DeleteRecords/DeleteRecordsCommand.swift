import KafkaClient
import Records

/// `millrace delete-records`: deletes records before offsets, as `kafka-delete-records.sh` does.
enum DeleteRecordsCommand: ToolCommand {
    static let offsetJSONFile = ToolOption.value(
        "offset-json-file",
        "file",
        #"Offsets by partition: {"partitions": [{"topic": "foo", "partition": 1, "offset": 1}], "version": 1}. "#
            + "Offset -1 stands for the high watermark."
    )

    static let syntax = ToolSyntax(
        name: "delete-records",
        abstract: "Delete the records before an offset.",
        purpose: "This tool helps to delete records of the given partitions down to the specified offset.",
        examples: [
            "--bootstrap-server localhost:9092 --offset-json-file offsets.json"
        ],
        options: [.bootstrapServer, offsetJSONFile, .commandConfig, .output]
    )

    /// Kafka's tool prints the sentence, and then a trace and a blank line.
    static func failure(_ error: OptionError) -> ToolFailure { .refused("\(error.message)\n\(error.trace)\n") }

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        guard let servers = try read({ () throws(OptionError) in try options.value(.bootstrapServer) }) else {
            throw .missing("bootstrap-server")
        }
        guard let path = try read({ () throws(OptionError) in try options.value(offsetJSONFile) }) else {
            throw .missing("offset-json-file")
        }
        let asJSON = try wantsJSON(options)
        let client = try AdminTool.client(
            servers: servers,
            commandConfig: try read { () throws(OptionError) in try options.value(.commandConfig) },
            console: console
        )
        do throws(ToolFailure) {
            let offsets = try offsets(inFile: path)
            let code = await delete(offsets, AdminClient(client), asJSON: asJSON, console)
            await client.close()
            return code
        } catch {
            await client.close()
            throw error
        }
    }

    private static func offsets(inFile path: String) throws(ToolFailure) -> [TopicPartition: Offset] {
        let text: String
        do throws(FileError) {
            text = try TextFile.read(path)
        } catch {
            throw .cannotBegin("Unable to read file \(path)", cause: error.reason)
        }
        do throws(RecordsToDelete.Malformed) {
            return try RecordsToDelete.offsets(text)
        } catch {
            throw .cannotBegin(error.message, cause: nil)
        }
    }

    private static func delete(
        _ offsets: [TopicPartition: Offset],
        _ admin: AdminClient,
        asJSON: Bool,
        _ console: Console
    ) async -> Int32 {
        if !asJSON { console.print("Executing records delete operation") }
        var results: [TopicPartition: Result<Offset, KafkaError>] = [:]
        do throws(KafkaError) {
            results = try await admin.deleteRecords(before: offsets)
        } catch {
            let call = "deleteRecords(api=METADATA)"
            let told = JavaError.ofCall(error, call: call, hasReachedBroker: admin.client.hasReachedBroker)
            console.logError("\(error)")
            for id in offsets.keys { results[id] = .failure(told) }
        }
        if asJSON {
            let rows = results.sorted { $0.key < $1.key }.map { json($0.key, $0.value) }
            console.print(JSONValue.array(rows).description)
            return 0
        }
        console.print("Records delete operation completed:")
        for (id, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success(let watermark): console.print("partition: \(id)\tlow_watermark: \(watermark)")
            case .failure(let error):
                console.print("partition: \(id)\terror: \(JavaError.text(error))")
                if let cause = error.underlying { console.logError("\(id): \(cause)") }
            }
        }
        return 0
    }

    private static func json(_ id: TopicPartition, _ result: Result<Offset, KafkaError>) -> JSONValue {
        let topic = JSONValue.string(id.topic.rawValue)
        let partition = JSONValue.integer(Int64(id.partition.rawValue))
        switch result {
        case .success(let watermark):
            return .members(["topic": topic, "partition": partition, "lowWatermark": .integer(watermark.rawValue)])
        case .failure(let error):
            return .members(["topic": topic, "partition": partition, "error": .string(JavaError.text(error))])
        }
    }
}
