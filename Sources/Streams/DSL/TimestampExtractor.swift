import Records

/// An input record as a timestamp extractor sees it.
public struct ExtractedRecord<Key, Value> {
    /// Nil where the record's key is null.
    public let key: Key?
    /// Nil where the record's value is null.
    public let value: Value?
    /// The timestamp that the record bears.
    public let timestamp: Timestamp
    /// The record's place in its partition.
    public let offset: Offset
    /// The record's headers.
    public let headers: [Header]
}

/// How a source reads a record's time.
///
/// ```swift
/// let payments = builder.stream(
///     "payments", String.self, Payment.self,
///     timestamps: TimestampExtractor { record, partitionTime in record.value?.time ?? partitionTime })
/// ```
public struct TimestampExtractor<Key, Value>: Sendable {
    /// Gets the record and the highest timestamp read from its partition so far, or -1.
    public typealias Extract = @Sendable (ExtractedRecord<Key, Value>, Timestamp) throws -> Timestamp

    enum Rule: Sendable {
        case byConfiguration
        case failOnInvalid
        case skipInvalid
        case partitionTimeOnInvalid
        case wallClock
        case custom(Extract)
    }

    let rule: Rule

    private init(rule: Rule) { self.rule = rule }

    /// A way of one's own: it gets the record and the highest time read from its partition so far, or -1. A record
    /// whose time comes out negative is dropped and counted.
    ///
    /// ```swift
    /// let paidAt = TimestampExtractor<String, Payment> { record, latest in record.value?.time ?? latest }
    /// ```
    public init(_ extract: @escaping Extract) { rule = .custom(extract) }

    /// As `default.timestamp.extractor` says, which is ``failOnInvalidTimestamp`` unless it is set. The default.
    public static var byConfiguration: TimestampExtractor { TimestampExtractor(rule: .byConfiguration) }
    /// The timestamp that the record bears; a negative one ends the task.
    public static var failOnInvalidTimestamp: TimestampExtractor { TimestampExtractor(rule: .failOnInvalid) }
    /// The timestamp that the record bears; a record with a negative one is dropped and counted.
    public static var logAndSkipOnInvalidTimestamp: TimestampExtractor { TimestampExtractor(rule: .skipInvalid) }
    /// The timestamp that the record bears; for a negative one, the partition's time.
    public static var usePartitionTimeOnInvalidTimestamp: TimestampExtractor {
        TimestampExtractor(rule: .partitionTimeOnInvalid)
    }
    /// The time at which the task meets the record.
    public static var wallClock: TimestampExtractor { TimestampExtractor(rule: .wallClock) }
}

extension TimestampExtractor {
    /// The extractor at work in a task; nil stands for the default, which needs no call.
    @usableFromInline
    func make(
        _ key: Serde<Key>,
        _ value: Serde<Value>,
        _ context: ProcessingContext
    ) -> ((RecordView, Timestamp) throws -> Timestamp)? {
        switch rule {
        case .byConfiguration:
            let extractor: TimestampExtractor =
                switch context.configuration.defaultTimestampExtractor {
                case .failOnInvalidTimestamp: .failOnInvalidTimestamp
                case .logAndSkipOnInvalidTimestamp: .logAndSkipOnInvalidTimestamp
                case .usePartitionTimeOnInvalidTimestamp: .usePartitionTimeOnInvalidTimestamp
                case .wallClock: .wallClock
                }
            return extractor.make(key, value, context)
        case .failOnInvalid: return nil
        case .skipInvalid: return { view, _ in view.timestamp }
        case .partitionTimeOnInvalid:
            return { view, partitionTime in
                if view.timestamp.rawValue >= 0 { return view.timestamp }
                guard partitionTime.rawValue >= 0 else {
                    throw StreamsException("The first record of a partition has no valid timestamp to go by")
                }
                return partitionTime
            }
        case .wallClock: return { _, _ in context.wallClock }
        case .custom(let extract):
            return { view, partitionTime in
                let decoded: ExtractedRecord<Key, Value>
                do {
                    decoded = ExtractedRecord(
                        key: try view.keyBytes.map { try key.deserialize($0) } ?? key.null,
                        value: try view.valueBytes.map { try value.deserialize($0) } ?? value.null,
                        timestamp: view.timestamp,
                        offset: view.offset,
                        headers: view.headers()
                    )
                } catch {
                    // It will fail again when it is processed, where the handler for that is asked.
                    return max(view.timestamp, .init(0))
                }
                return try extract(decoded, partitionTime)
            }
        }
    }
}

/// `default.timestamp.extractor`: how sources read times that say nothing else. See ``TimestampExtractor``.
public enum DefaultTimestampExtractor: String, Hashable, Sendable, CaseIterable {
    /// ``TimestampExtractor/failOnInvalidTimestamp``
    case failOnInvalidTimestamp = "FailOnInvalidTimestamp"
    /// ``TimestampExtractor/logAndSkipOnInvalidTimestamp``
    case logAndSkipOnInvalidTimestamp = "LogAndSkipOnInvalidTimestamp"
    /// ``TimestampExtractor/usePartitionTimeOnInvalidTimestamp``
    case usePartitionTimeOnInvalidTimestamp = "UsePartitionTimeOnInvalidTimestamp"
    /// ``TimestampExtractor/wallClock``
    case wallClock = "WallclockTimestampExtractor"
}
