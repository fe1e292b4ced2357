import Records

extension ProducerConfiguration {
    private static let int = 0...Int(Int32.max)

    /// Every dotted name.
    public static let names = Set(keys.map(\.name))

    /// The table of dotted names.
    public static let keys: [ConfigurationKey<ProducerConfiguration>] = [
        .choice("acks", "all", of: ["all", "-1", "0", "1"], "Whose acknowledgement a batch waits for.") {
            $0.acks = $1 == "0" ? .none : $1 == "1" ? .leader : .all
        },
        .integer(
            "batch.size",
            \.batchSizeBytes,
            16_384,
            in: int,
            "A batch of this many bytes is sent without waiting."
        ),
        .milliseconds("linger.ms", \.linger, 5, "How long a batch waits for more records."),
        .integer(
            "buffer.memory",
            \.bufferMemoryBytes,
            33_554_432,
            in: 0...Int.max,
            "Bytes of records that may wait to be sent."
        ),
        .milliseconds("max.block.ms", \.maxBlock, 60_000, "How long sending may wait for memory or metadata."),
        .milliseconds(
            "delivery.timeout.ms",
            \.deliveryTimeout,
            120_000,
            "The time from sending a record to success or failure."
        ),
        .milliseconds("request.timeout.ms", \.requestTimeout, 30_000, "How long one request may take."),
        .integer("max.request.size", \.maxRequestSizeBytes, 1_048_576, in: int, "The largest request in bytes."),
        .integer(
            "max.in.flight.requests.per.connection",
            \.maxInFlightRequests,
            5,
            in: 1...Int(Int32.max),
            "Requests to one broker that may await their answers."
        ),
        .integer("retries", \.retries, Int(Int32.max), in: int, "How often a failed batch is sent again."),
        ConfigurationKey("enable.idempotence", .boolean, "true", "Whether retries can neither repeat nor reorder.") {
            switch $1.lowercased() {
            case "true": $0.enablesIdempotence = true
            case "false": $0.enablesIdempotence = false
            default: return "Expected value to be either true or false"
            }
            return nil
        },
        .choice("compression.type", "none", of: Compression.allCases.map(\.name), "The codec of batches.") {
            $0.compression = Compression(name: $1) ?? .none
        },
        .integer("compression.gzip.level", \.gzipLevel, -1, in: -1...9, "gzip's level; -1 for its own default."),
        .integer("compression.lz4.level", \.lz4Level, 9, in: 1...17, "lz4's level."),
        .integer("compression.zstd.level", \.zstdLevel, 3, in: -131_072...22, "zstd's level."),
        .boolean(
            "partitioner.ignore.keys",
            \.ignoresKeys,
            false,
            "Whether records with keys are spread as those without."
        ),
        .milliseconds("retry.backoff.ms", \.retryBackoff, 100, "The wait before a failed batch is sent again."),
        .milliseconds("retry.backoff.max.ms", \.retryBackoffMax, 1000, "The longest such wait."),
    ]
}
