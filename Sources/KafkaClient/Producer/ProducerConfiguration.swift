import Records

/// How a producer batches, waits and retries. Names and defaults are Kafka's.
///
/// ```swift
/// var configuration = ProducerConfiguration()
/// configuration.linger = .milliseconds(20)
/// configuration.compression = .zstd
/// ```
public struct ProducerConfiguration: Sendable {
    /// Whose acknowledgement a batch waits for.
    public enum Acks: Int16, Sendable, Hashable {
        /// Nobody's: the broker does not answer.
        case none = 0
        /// The leader's.
        case leader = 1
        /// All replicas' that are in sync.
        case all = -1
    }

    /// `acks`
    public var acks = Acks.all
    /// `batch.size`: a batch of this many bytes is sent without waiting for more.
    public var batchSizeBytes = 16_384
    /// `linger.ms`: how long a batch waits for more records.
    public var linger = Duration.milliseconds(5)
    /// `buffer.memory`: bytes of records that may wait; then ``Producer/send(_:)`` waits too.
    public var bufferMemoryBytes = 33_554_432
    /// `max.block.ms`: how long sending may wait for memory or metadata.
    public var maxBlock = Duration.seconds(60)
    /// `delivery.timeout.ms`: from the call of send to success or failure.
    public var deliveryTimeout = Duration.seconds(120)
    /// `request.timeout.ms`
    public var requestTimeout = Duration.seconds(30)
    /// `max.request.size`
    public var maxRequestSizeBytes = 1_048_576
    /// `max.in.flight.requests.per.connection`
    public var maxInFlightRequests = 5
    /// `retries`
    public var retries = Int(Int32.max)
    /// `enable.idempotence`; nil is true where acks, retries and requests in flight allow it.
    public var enablesIdempotence: Bool?
    /// `compression.type`
    public var compression = Compression.none
    /// `compression.gzip.level`
    public var gzipLevel = -1
    /// `compression.lz4.level`
    public var lz4Level = 9
    /// `compression.zstd.level`
    public var zstdLevel = 3
    /// `partitioner.ignore.keys`: records with keys are spread as those without.
    public var ignoresKeys = false
    /// `retry.backoff.ms`
    public var retryBackoff = Duration.milliseconds(100)
    /// `retry.backoff.max.ms`
    public var retryBackoffMax = Duration.seconds(1)

    /// Kafka's defaults.
    public init() {}

    /// Reads dotted names. Those of ``ClientConfiguration`` may stand among them. Errors: unknown names, values that do
    /// not fit, and values that contradict each other.
    public init(properties: [String: String], alsoKnown: Set<String> = []) throws(ConfigurationError) {
        let known = alsoKnown.union(ClientConfiguration.names)
        try ProducerConfiguration.keys.apply(properties, to: &self, alsoKnown: known)
        if let problem = contradiction { throw ConfigurationError(unknown: [], invalid: [problem]) }
    }

    /// Whether batches carry producer id and sequence.
    public var isIdempotent: Bool { enablesIdempotence ?? allowsIdempotence }

    /// The level of the chosen codec; nil where it has none.
    var compressionLevel: Int? {
        switch compression {
        case .none, .snappy: nil
        case .gzip: gzipLevel
        case .lz4: lz4Level
        case .zstd: zstdLevel
        }
    }

    private var allowsIdempotence: Bool { acks == .all && retries > 0 && maxInFlightRequests <= 5 }

    /// Settings that contradict each other, if any do.
    var contradiction: ConfigurationError.Invalid? {
        if enablesIdempotence == true, !allowsIdempotence {
            let reason = "idempotence needs acks=all, retries above 0 and at most 5 requests in flight"
            return ConfigurationError.Invalid(name: "enable.idempotence", value: "true", reason: reason)
        }
        if deliveryTimeout < linger + requestTimeout {
            let reason = "should be equal to or larger than linger.ms + request.timeout.ms"
            let value = "\(deliveryTimeout / .milliseconds(1))"
            return ConfigurationError.Invalid(name: "delivery.timeout.ms", value: value, reason: reason)
        }
        if let level = compressionLevel, !compression.accepts(level: level) {
            let reason = "\(compression.name) has no such level"
            return ConfigurationError.Invalid(
                name: "compression.\(compression.name).level",
                value: "\(level)",
                reason: reason
            )
        }
        return nil
    }
}
