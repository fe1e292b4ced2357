import KafkaClient
import KafkaProtocol
import Records

/// `millrace broker-api-versions`: prints which APIs each broker speaks, as `kafka-broker-api-versions.sh` does.
enum BrokerAPIVersionsCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "broker-api-versions",
        abstract: "Print which APIs each broker speaks.",
        purpose: "This tool helps to retrieve broker version information.",
        examples: [
            "--bootstrap-server localhost:9092",
            "--bootstrap-server localhost:9092 --output json",
        ],
        options: [.bootstrapServer, .commandConfig, .output]
    )

    /// Kafka's tool prints the sentence, and then a trace and a blank line.
    static func failure(_ error: OptionError) -> ToolFailure { .refused("\(error.message)\n\(error.trace)\n") }

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        guard let servers = try read({ () throws(OptionError) in try options.value(.bootstrapServer) }) else {
            throw .missing("bootstrap-server")
        }
        let asJSON = try wantsJSON(options)
        let client = try AdminTool.client(
            servers: servers,
            commandConfig: try read { () throws(OptionError) in try options.value(.commandConfig) },
            clientID: "admin-1",
            console: console
        )
        let admin = AdminClient(client)
        let brokers: [BrokerNode]
        do throws(KafkaError) {
            brokers = try await admin.brokers()
        } catch {
            await client.close()
            let list = servers.split(separator: ",").enumerated().map { place, server in
                "\(server) (id: \(-1 - place) rack: null)"
            }
            throw .cannotBegin(
                "Request METADATA failed on brokers [\(list.joined(separator: ", "))]",
                cause: "\(error)"
            )
        }
        var reports: [JSONValue] = []
        for broker in brokers {
            let node = "\(broker.host):\(broker.port) (id: \(broker.id) rack: \(broker.rack ?? "null"))"
            do throws(KafkaError) {
                let versions = BrokerAPIVersions(try await admin.apiVersions(of: broker.id))
                if asJSON {
                    reports.append(versions.json(of: broker))
                } else {
                    console.print("\(node) -> \(versions.text)")
                }
            } catch {
                console.print("\(node) -> ERROR: \(JavaError.message(error))")
            }
        }
        await client.close()
        if asJSON { console.print(JSONValue.array(reports).description) }
        return 0
    }
}
