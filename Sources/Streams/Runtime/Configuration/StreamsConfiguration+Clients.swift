import KafkaClient
import Records

extension StreamsConfiguration {
    /// Which of the application's clients.
    enum ClientRole: String {
        case main = "consumer"
        case restore = "restore-consumer"
        case global = "global-consumer"
        case producer
        case admin
    }

    /// Connections of one client.
    func client(_ role: ClientRole, id: String) throws(ConfigurationError) -> ClientConfiguration {
        var properties = common(ClientConfiguration.names)
        for prefix in role.prefixes { properties.merge(self.properties(after: prefix)) { $1 } }
        properties = properties.filter { ClientConfiguration.names.contains($0.key) }
        properties["bootstrap.servers"] = bootstrapServers.joined(separator: ",")
        properties["client.id"] = id
        // A source topic that is missing is an error to be told, not a topic to be created.
        if role != .producer { properties["allow.auto.create.topics"] = "false" }
        return try ClientConfiguration(properties: properties)
    }

    /// The settings of a consumer of records.
    func consumer(_ role: ClientRole) throws(ConfigurationError) -> ConsumerConfiguration {
        var properties = common(ConsumerConfiguration.names)
        let defaults = ["auto.offset.reset": "earliest", "max.poll.records": "1000"]
        properties.merge(defaults) { set, _ in set }
        for prefix in role.prefixes { properties.merge(self.properties(after: prefix)) { $1 } }
        properties["enable.auto.commit"] = "false"
        properties["group.id"] = role == .main ? applicationID : nil
        var configuration = try ConsumerConfiguration(properties: properties)
        if role != .main { configuration.autoOffsetReset = .none }
        return configuration
    }

    /// The settings of the producer of a thread.
    func producer() throws(ConfigurationError) -> ProducerConfiguration {
        var properties = common(StreamsConfiguration.producerNames)
        properties.merge(["linger.ms": "100"]) { set, _ in set }
        properties.merge(self.properties(after: "producer.")) { $1 }
        return try ProducerConfiguration(properties: properties)
    }

    /// Settings without a prefix, as far as `names` knows them.
    private func common(_ names: Set<String>) -> [String: String] {
        clientProperties.filter { names.contains($0.key) }
    }

    /// Makes every client's settings once, so that mistakes come out before anything starts.
    func validateClients() throws(ConfigurationError) {
        for role in [ClientRole.main, .restore, .global] {
            _ = try client(role, id: applicationID)
            _ = try consumer(role)
        }
        _ = try client(.producer, id: applicationID)
        _ = try client(.admin, id: applicationID)
        _ = try producer()
    }
}

extension StreamsConfiguration.ClientRole {
    /// The prefixes of its settings; later ones win.
    var prefixes: [String] {
        switch self {
        case .main: ["consumer.", "main.consumer."]
        case .restore: ["consumer.", "restore.consumer."]
        case .global: ["consumer.", "global.consumer."]
        case .producer: ["producer."]
        case .admin: ["admin."]
        }
    }
}
