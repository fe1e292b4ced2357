import KafkaClient

/// Makes the admin client of a tool from its options.
enum AdminTool {
    /// A client of `--bootstrap-server` with the properties of `--command-config`. With `timeoutMs` no call takes
    /// longer.
    ///
    /// Errors: as ``ToolClient/make(_:alsoKnown:kind:console:)``, and a file that cannot be read.
    static func client(
        servers: String,
        commandConfig: String?,
        clientID: String = "adminclient-1",
        timeoutMs: Int64? = nil,
        console: Console
    ) throws(ToolFailure) -> KafkaClient {
        var properties = try ClientProperties(file: commandConfig)
        properties.values["bootstrap.servers"] = servers
        properties.values["client.id"] = properties.values["client.id"] ?? clientID
        // Whoever asks for a topic that does not exist wants to hear that.
        properties.values["allow.auto.create.topics"] = "false"
        if let timeoutMs {
            properties.values["default.api.timeout.ms"] = String(timeoutMs)
            let ofRequest = properties.values["request.timeout.ms"].flatMap(Int64.init) ?? 30_000
            properties.values["request.timeout.ms"] = String(min(ofRequest, timeoutMs))
        }
        return try ToolClient.make(&properties, kind: "KafkaAdminClient", console: console)
    }
}

extension KafkaClient {
    /// Whether any broker has ever answered.
    var hasReachedBroker: Bool { !cachedMetadata.brokers.isEmpty }
}
