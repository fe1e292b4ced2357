/// A record's header: a name, which may occur more than once, and a value. See KIP-82.
public struct Header: Sendable, Hashable {
    public var key: String
    public var value: Bytes?

    @inlinable
    public init(key: String, value: Bytes?) {
        self.key = key
        self.value = value
    }
}

/// A record taken out of its batch; key, value and headers' values are slices of the batch's bytes.
public struct Record: Sendable, Hashable {
    public var offset: Offset
    public var timestamp: Timestamp
    public var key: Bytes?
    public var value: Bytes?
    public var headers: [Header]

    @inlinable
    public init(offset: Offset, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [Header] = []) {
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}
