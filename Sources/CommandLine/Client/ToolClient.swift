import KafkaClient
import Logging

/// Makes the client of a tool from its properties.
enum ToolClient {
    /// A client that bears `kind` in Kafka's error ("KafkaAdminClient", "kafka producer", "kafka consumer").
    ///
    /// Names that neither the client nor `alsoKnown` knows are warned of and passed over. Errors: values that do not
    /// fit, and bootstrap servers none of which has an address.
    static func make(
        _ properties: inout ClientProperties,
        alsoKnown: Set<String> = [],
        kind: String,
        console: Console
    ) throws(ToolFailure) -> KafkaClient {
        let unknown = properties.removeUnknown(besides: alsoKnown.union(ClientConfiguration.names))
        for name in unknown { console.logWarning("The configuration '\(name)' was supplied but has no effect.") }
        let sentence = "Failed to create new \(kind)"
        let configuration: ClientConfiguration
        do throws(ConfigurationError) {
            configuration = try ClientConfiguration(properties: properties.values, alsoKnown: alsoKnown)
        } catch {
            throw .cannotBegin(sentence, cause: error.invalid.first?.reason ?? error.description)
        }
        let servers = properties.values["bootstrap.servers"] ?? ""
        guard ServerList.hosts(servers)?.contains(where: HostResolution.isResolvable) ?? false else {
            throw .cannotBegin(
                sentence,
                cause: "No resolvable bootstrap urls given in bootstrap.servers: \(servers)"
            )
        }
        return KafkaClient(configuration, logger: console.logger)
    }
}
