/// A record's header: a name, which may occur more than once, and a value. See KIP-82.
public struct Header: Sendable, Hashable {
    /// The name.
    public var key: String
    /// The value, which may be null.
    public var value: Bytes?

    /// A header.
    @inlinable
    public init(key: String, value: Bytes?) {
        self.key = key
        self.value = value
    }
}

/// A record taken out of its batch; key, value and headers' values are slices of the batch's bytes.
public struct Record: Sendable, Hashable {
    /// The record's place in the partition.
    public var offset: Offset
    /// The record's own time, or the batch's when the broker set it.
    public var timestamp: Timestamp
    /// The key, which may be null.
    public var key: Bytes?
    /// The value; null marks a deletion in a compacted topic.
    public var value: Bytes?
    /// The headers, in order.
    public var headers: [Header]

    /// A record.
    @inlinable
    public init(offset: Offset, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [Header] = []) {
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}
