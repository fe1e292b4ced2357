import KafkaClient
import Records

/// What the options of `millrace console-producer` come to.
struct ProducingPlan: Sendable {
    var topic: TopicName
    var format: LineFormat
    var isSynchronous: Bool
    /// Of client and producer.
    var properties: ClientProperties
}

extension ConsoleProducerOptions {
    private static let readers = [
        "org.apache.kafka.tools.LineMessageReader", "kafka.tools.ConsoleProducer$LineMessageReader",
    ]

    /// Checks the options in the order of Kafka's tool, in its words.
    func plan() throws(ToolFailure) -> ProducingPlan {
        guard let topic else { throw .missing("topic") }
        guard let bootstrapServer else { throw .missing("bootstrap-server") }
        try ConsoleProducerOptions.check(bootstrapServer)
        if let lineReader, !ConsoleProducerOptions.readers.contains(lineReader) {
            throw .failed("There is no line reader \(lineReader).")
        }
        let reader = try ClientProperties(file: readerConfig, assignments: readerProperties)
        let format: LineFormat
        do throws(LineFormatError) {
            format = try LineFormat(reader.values)
        } catch {
            throw .failed(error.message)
        }
        return ProducingPlan(
            topic: TopicName(topic),
            format: format,
            isSynchronous: sync,
            properties: try properties(bootstrapServer)
        )
    }

    private static func check(_ servers: String) throws(ToolFailure) {
        if servers.allSatisfy(\.isWhitespace) { throw .misuse("Error while validating the bootstrap address\n") }
        guard ServerList.hosts(servers) != nil else {
            throw .misuse("Please provide valid host:port like host1:9091,host2:9092\n")
        }
    }

    /// Options win over properties, and properties over the options' own defaults.
    private func properties(_ servers: String) throws(ToolFailure) -> ClientProperties {
        var properties = try ClientProperties(file: producerConfig, assignments: producerProperties)
        func merge(_ name: String, _ option: String?, _ standard: String) {
            properties.values[name] = option ?? properties.values[name] ?? standard
        }
        properties.values["bootstrap.servers"] = servers
        properties.values["compression.type"] = compressionCodec ?? "none"
        merge("client.id", nil, "console-producer")
        merge("linger.ms", timeout, "1000")
        merge("acks", requestRequiredAcks, "-1")
        merge("request.timeout.ms", requestTimeoutMs, "1500")
        merge("retries", messageSendMaxRetries, "3")
        merge("retry.backoff.ms", retryBackoffMs, "100")
        merge("buffer.memory", maxMemoryBytes, "33554432")
        merge("batch.size", maxPartitionMemoryBytes ?? batchSize, "16384")
        merge("metadata.max.age.ms", metadataExpiryMs, "300000")
        merge("max.block.ms", maxBlockMs, "60000")
        return properties
    }
}
