import KafkaClient

/// `millrace configs`: describes and changes configs and quotas, as `kafka-configs.sh` does.
enum ConfigsCommand: ToolCommand {
    static let syntax = ToolSyntax(
        name: "configs",
        abstract: "Describe and change configs, quotas and credentials.",
        purpose:
            "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, "
            + "client-metrics "
            + "or group",
        examples: [
            "--bootstrap-server localhost:9092 --describe --topic orders --all",
            "--bootstrap-server localhost:9092 --alter --topic orders --add-config retention.ms=86400000",
            "--bootstrap-server localhost:9092 --alter --topic orders --add-config 'cleanup.policy=[compact,delete]'",
            "--bootstrap-server localhost:9092 --alter --topic orders --delete-config retention.ms",
            "--bootstrap-server localhost:9092 --alter --broker-defaults --add-config message.max.bytes=2097152",
            "--bootstrap-server localhost:9092 --alter --client billing --add-config producer_byte_rate=1048576",
            "--bootstrap-server localhost:9092 --describe --entity-type users --entity-type clients --output json",
        ],
        options: ConfigOptions.list
    )

    static func failure(_ error: OptionError) -> ToolFailure { .refused(error.message) }

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let asJSON = try wantsJSON(given)
        do throws(ConfigToolError) {
            let task = try options(given).task()
            let client = try client(of: task, console)
            do throws(ConfigToolError) {
                let tool = ConfigTool(admin: AdminClient(client), console: console, asJSON: asJSON)
                try await tool.perform(task)
                await client.close()
                return 0
            } catch {
                await client.close()
                throw error
            }
        } catch {
            switch error {
            case .misuse(let sentence): throw .misuse(sentence)
            case .illegal(let sentence, let hint):
                return report(.refused(sentence), hint: hint, on: console)
            case .failed(let cause, let hint):
                let words = given.words.joined(separator: " ")
                console.complain("Error while executing config command with args '\(words)'")
                console.logError(cause)
                if let hint { console.logWarning(hint) }
                return 1
            }
        }
    }

    private static func options(_ given: ToolOptions) throws(ConfigToolError) -> ConfigOptions {
        do throws(OptionError) {
            return try ConfigOptions(given)
        } catch {
            throw .illegal(error.message)
        }
    }

    private static func client(of task: ConfigTask, _ console: Console) throws(ConfigToolError) -> KafkaClient {
        do throws(ToolFailure) {
            return try AdminTool.client(servers: task.servers, commandConfig: task.commandConfig, console: console)
        } catch {
            guard case .cannotBegin(let sentence, let cause) = error else { throw .failed("\(error)") }
            throw .failed(cause.map { "\(sentence): \($0)" } ?? sentence)
        }
    }
}
