/// What `millrace console-producer` was called with. Numbers are kept as text: they become properties of the producer.
///
/// Kafka renamed some options and accepts both names, but not together. See KIP-1147.
struct ConsoleProducerOptions: Sendable {
    static let topicName = ToolOption.value("topic", "name", "The topic to send to.")
    static let synchronous = ToolOption.flag(
        "sync",
        "Wait for each record's acknowledgement before the next is read."
    )
    static let codec = ToolOption.optional(
        "compression-codec",
        "codec",
        "none, gzip, snappy, lz4 or zstd; gzip where no value follows."
    )
    static let acks = ToolOption.value("request-required-acks", "acks", "acks: 0, 1, -1 or all.")
    static let requestTimeout = ToolOption.value("request-timeout-ms", "ms", "request.timeout.ms; 1500.")
    static let maxRetries = ToolOption.value("message-send-max-retries", "count", "retries; 3.")
    static let retryBackoff = ToolOption.value("retry-backoff-ms", "ms", "retry.backoff.ms; 100.")
    static let linger = ToolOption.value("timeout", "ms", "linger.ms; 1000.")
    static let metadataExpiry = ToolOption.value("metadata-expiry-ms", "ms", "metadata.max.age.ms; 300000.")
    static let maxBlock = ToolOption.value("max-block-ms", "ms", "max.block.ms; 60000.")
    static let maxMemory = ToolOption.value("max-memory-bytes", "bytes", "buffer.memory; 33554432.")
    static let batch = ToolOption.value("batch-size", "bytes", "batch.size; 16384.")
    static let partitionMemory = ToolOption.value(
        "max-partition-memory-bytes",
        "bytes",
        "batch.size, over --batch-size."
    )
    static let socketBuffer = ToolOption.value("socket-buffer-size", "bytes", "send.buffer.bytes; 102400.")
    static let readerClass = ToolOption.value("line-reader", "class", "The reader of lines; only Kafka's own.")
    static let readerProperty = ToolOption.value(
        "reader-property",
        "name=value",
        "A property of the reader; may be repeated."
    )
    static let property = ToolOption.value("property", "name=value", "The old name of --reader-property.")
    static let readerFile = ToolOption.value("reader-config", "file", "Properties of the reader.")
    static let commandProperty = ToolOption.value(
        "command-property",
        "name=value",
        "A property of the producer; may be repeated."
    )
    static let producerProperty = ToolOption.value(
        "producer-property",
        "name=value",
        "The old name of --command-property."
    )
    static let producerFile = ToolOption.value("producer.config", "file", "The old name of --command-config.")

    static let all: [ToolOption] = [
        .bootstrapServer, topicName, synchronous, codec, readerProperty, property, readerFile, readerClass,
        commandProperty, producerProperty, .commandConfig, producerFile, acks, requestTimeout, maxRetries,
        retryBackoff, linger, metadataExpiry, maxBlock, maxMemory, batch, partitionMemory, socketBuffer,
    ]

    let bootstrapServer: String?
    let topic: String?
    let sync: Bool
    let compressionCodec: String?
    let requestRequiredAcks: String?
    let requestTimeoutMs: String?
    let messageSendMaxRetries: String?
    let retryBackoffMs: String?
    let timeout: String?
    let metadataExpiryMs: String?
    let maxBlockMs: String?
    let maxMemoryBytes: String?
    let batchSize: String?
    let maxPartitionMemoryBytes: String?
    let socketBufferSize: String?
    let lineReader: String?
    let readerProperties: [String]
    let readerConfig: String?
    let producerProperties: [String]
    let producerConfig: String?

    /// Errors: options that were given twice, old and new names together, and what is no number.
    init(_ given: ToolOptions) throws(ToolFailure) {
        let reader = OptionReader(given)
        /// The text of a number.
        func int(_ option: ToolOption) throws(ToolFailure) -> String? {
            try (reader.number(option) as Int32?).map(String.init)
        }
        func long(_ option: ToolOption) throws(ToolFailure) -> String? {
            try (reader.number(option) as Int64?).map(String.init)
        }
        bootstrapServer = try reader.value(.bootstrapServer)
        topic = try reader.value(Self.topicName)
        sync = given.has(Self.synchronous)
        let codec = try reader.value(Self.codec)
        compressionCodec = given.has(Self.codec) && codec?.isEmpty ?? true ? "gzip" : codec
        requestRequiredAcks = try reader.value(Self.acks)
        requestTimeoutMs = try int(Self.requestTimeout)
        messageSendMaxRetries = try int(Self.maxRetries)
        retryBackoffMs = try long(Self.retryBackoff)
        timeout = try long(Self.linger)
        metadataExpiryMs = try long(Self.metadataExpiry)
        maxBlockMs = try long(Self.maxBlock)
        maxMemoryBytes = try long(Self.maxMemory)
        batchSize = try int(Self.batch)
        maxPartitionMemoryBytes = try int(Self.partitionMemory)
        socketBufferSize = try int(Self.socketBuffer)
        lineReader = try reader.value(Self.readerClass)
        readerConfig = try reader.value(Self.readerFile)
        readerProperties = try reader.values(Self.readerProperty, before: Self.property)
        producerProperties = try reader.values(Self.commandProperty, before: Self.producerProperty)
        producerConfig = try reader.values(.commandConfig, before: Self.producerFile).last
    }
}
