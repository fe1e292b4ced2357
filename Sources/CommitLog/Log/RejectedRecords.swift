import Records

/// Records for whose sake a batch was refused, as a Produce answer tells them. See KIP-467.
public struct RejectedRecords: Error, Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        /// The record's place in its batch.
        public var index: Int32
        public var message: String

        public init(index: Int32, message: String) {
            self.index = index
            self.message = message
        }
    }

    /// Whether one of them has a timestamp out of bounds.
    public var hasInvalidTimestamp: Bool
    public var entries: [Entry]

    public init(hasInvalidTimestamp: Bool, entries: [Entry]) {
        self.hasInvalidTimestamp = hasInvalidTimestamp
        self.entries = entries
    }

    /// What Kafka says of the whole batch.
    public var message: String {
        if hasInvalidTimestamp { return "One or more records have been rejected due to invalid timestamp" }
        let shown = entries.prefix(3).map { "RecordError(batchIndex=\($0.index), message='\($0.message)')" }
        return "One or more records have been rejected due to \(entries.count) record errors in total, and only "
            + "showing the first three errors at most: [\(shown.joined(separator: ", "))]"
    }
}
