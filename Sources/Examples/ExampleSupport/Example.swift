import Records
import Streams

/// An example: a topology, the topics that it needs, and sample records that show what it does.
public struct Example: Sendable {
    /// A record to produce.
    public struct Sample: Sendable {
        public let topic: TopicName
        public let key: String?
        /// Nil is null: it removes the key's row where the topic is read as a table.
        public let value: Bytes?
        /// The record's time, from the beginning of the day; nil for that of sending.
        public let time: Duration?

        /// A record with text for a value.
        public init(_ topic: TopicName, _ key: String?, _ value: String?, at time: Duration? = nil) {
            self.topic = topic
            self.key = key
            self.value = value.map { Bytes(utf8: $0) }
            self.time = time
        }

        /// A record with a value of a type of the example's own.
        public init(_ topic: TopicName, _ key: String?, _ value: some JSONRecord, at time: Duration? = nil) throws {
            self.topic = topic
            self.key = key
            self.value = try type(of: value).serde.bytes(of: value)
            self.time = time
        }
    }

    /// Records that are produced together, and what is to happen before the next ones are.
    public struct Step: Sendable {
        public let title: String
        public let samples: [Sample]
        /// How many records of the output follow.
        public let outputCount: Int
        /// Whether the records are there before the application starts.
        public let isBeforeStart: Bool

        public init(_ title: String, _ samples: [Sample], outputCount: Int = 0, isBeforeStart: Bool = false) {
            self.title = title
            self.samples = samples
            self.outputCount = outputCount
            self.isBeforeStart = isBeforeStart
        }
    }

    /// The `application.id`.
    public var applicationID: String
    public var topology: Topology
    /// The topics that are read, and the one that is written.
    public var inputs: [TopicName]
    public var output: TopicName
    public var steps: [Step]
    /// How many partitions the topics have on the embedded broker. Each partition has its own stream time: where the demonstration
    /// shows time closing something, one partition lets any record do it.
    public var partitionCount: Int32
    /// Settings beyond those of all examples.
    public var properties: [String: String]
    /// Shows an output value.
    public var describeValue: @Sendable (Bytes) -> String

    public init(
        applicationID: String,
        topology: Topology,
        inputs: [TopicName],
        output: TopicName,
        steps: [Step],
        partitionCount: Int32 = 3,
        properties: [String: String] = [:],
        describeValue: @escaping @Sendable (Bytes) -> String = { Example.text($0) }
    ) {
        self.applicationID = applicationID
        self.topology = topology
        self.inputs = inputs
        self.output = output
        self.steps = steps
        self.partitionCount = partitionCount
        self.properties = properties
        self.describeValue = describeValue
    }

    /// Bytes as text.
    public static func text(_ bytes: Bytes) -> String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// The settings: results are to be seen soon.
    func configuration(bootstrapServer: String?, stateDirectory: String?) throws -> StreamsConfiguration {
        var all = ["application.id": applicationID, "commit.interval.ms": "1000", "producer.linger.ms": "5"]
        all["bootstrap.servers"] = bootstrapServer
        all["state.dir"] = stateDirectory
        return try StreamsConfiguration(properties: all.merging(properties) { $1 })
    }
}
