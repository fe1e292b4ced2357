import Transport

/// What every client has to know: where the cluster is, and how patient to be. Names and defaults are Kafka's.
///
/// ```swift
/// let configuration = try ClientConfiguration(properties: ["bootstrap.servers": "localhost:9092"])
/// ```
public struct ClientConfiguration: Sendable {
    /// `bootstrap.servers`: where to ask for the rest of the cluster.
    public var bootstrapServers: [NetworkAddress] = []
    /// `client.id`
    public var clientID = "millrace"
    /// `request.timeout.ms`: how long one request may take.
    public var requestTimeout = Duration.seconds(30)
    /// `default.api.timeout.ms`: how long a call may take with all its attempts.
    public var apiTimeout = Duration.seconds(60)
    /// `socket.connection.setup.timeout.ms`
    public var connectionSetupTimeout = Duration.seconds(10)
    /// `reconnect.backoff.ms`
    public var reconnectBackoff = Duration.milliseconds(50)
    /// `reconnect.backoff.max.ms`
    public var reconnectBackoffMax = Duration.seconds(1)
    /// `retry.backoff.ms`
    public var retryBackoff = Duration.milliseconds(100)
    /// `retry.backoff.max.ms`
    public var retryBackoffMax = Duration.seconds(1)
    /// `metadata.max.age.ms`: metadata is asked for again after this time.
    public var metadataMaxAge = Duration.seconds(300)
    /// `metadata.max.idle.ms`: a topic that nobody used so long is forgotten.
    public var metadataMaxIdle = Duration.seconds(300)
    /// `allow.auto.create.topics`: whether asking for a topic may create it, where the broker allows it.
    public var allowsAutoTopicCreation = true

    /// Kafka's defaults.
    public init(bootstrapServers: [NetworkAddress] = []) {
        self.bootstrapServers = bootstrapServers
    }

    /// Reads dotted names. Errors: names that are neither in ``keys`` nor in `alsoKnown`, values that do not fit.
    public init(properties: [String: String], alsoKnown: Set<String> = []) throws(ConfigurationError) {
        self.init()
        try ClientConfiguration.keys.apply(properties, to: &self, alsoKnown: alsoKnown)
    }

    /// Every dotted name.
    public static let names = Set(keys.map(\.name))

    /// The table of dotted names.
    public static let keys: [ConfigurationKey<ClientConfiguration>] = [
        ConfigurationKey("bootstrap.servers", .list, nil, "Servers (host:port) to ask for the rest of the cluster.") {
            var addresses: [NetworkAddress] = []
            for text in $1.split(separator: ",").map({ $0.trimmingSpaces }) where !text.isEmpty {
                guard let address = NetworkAddress(String(text)) else {
                    return "Invalid url in bootstrap.servers: \(text)"
                }
                addresses.append(address)
            }
            $0.bootstrapServers = addresses
            return addresses.isEmpty ? "No bootstrap urls given in bootstrap.servers" : nil
        },
        .string("client.id", \.clientID, "millrace", "The name that requests carry, for logs of the broker."),
        .milliseconds("request.timeout.ms", \.requestTimeout, 30_000, "How long one request may take."),
        .milliseconds(
            "default.api.timeout.ms",
            \.apiTimeout,
            60_000,
            "How long a call with all its attempts may take."
        ),
        .milliseconds(
            "socket.connection.setup.timeout.ms",
            \.connectionSetupTimeout,
            10_000,
            "How long a connection may take to come about."
        ),
        .milliseconds(
            "reconnect.backoff.ms",
            \.reconnectBackoff,
            50,
            "The wait before a failed broker is tried again."
        ),
        .milliseconds("reconnect.backoff.max.ms", \.reconnectBackoffMax, 1000, "The longest such wait."),
        .milliseconds("retry.backoff.ms", \.retryBackoff, 100, "The wait before a failed request is made again."),
        .milliseconds("retry.backoff.max.ms", \.retryBackoffMax, 1000, "The longest such wait."),
        .milliseconds("metadata.max.age.ms", \.metadataMaxAge, 300_000, "Metadata is asked for again after this time."),
        .milliseconds(
            "metadata.max.idle.ms",
            \.metadataMaxIdle,
            300_000,
            in: 5000...Int(Int32.max),
            "A topic that nobody used so long is forgotten."
        ),
        .boolean(
            "allow.auto.create.topics",
            \.allowsAutoTopicCreation,
            true,
            "Whether asking for a topic may create it."
        ),
        .choice("security.protocol", "PLAINTEXT", of: ["PLAINTEXT"], "How connections are protected.") { _, _ in },
    ]
}
