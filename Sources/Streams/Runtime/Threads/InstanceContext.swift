import KafkaClient
import Logging
import Records
import Transport

/// What the threads of an instance share. All of it is immutable or locks itself.
struct InstanceContext: Sendable {
    let topology: Topology
    let configuration: StreamsConfiguration
    let processID: KafkaUUID
    let stateDirectory: StateDirectory
    let transport: any ClientTransport
    let internalTopics: InternalTopics
    let globalStores: GlobalStores?
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// `<application>-<process id>`, unless `client.id` says otherwise.
    var clientID: String { configuration.clientID ?? "\(configuration.applicationID)-\(processID.hyphenated)" }

    func client(_ role: StreamsConfiguration.ClientRole, prefix: String) throws -> KafkaClient {
        let id = "\(prefix)-\(role.rawValue)"
        return KafkaClient(try configuration.client(role, id: id), transport: transport, logger: logger)
    }
}
