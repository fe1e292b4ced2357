import Records

/// A record as processors take and forward it.
///
/// Key and value are nil where Kafka's are null. Headers are part of the record: what a processor forwards has the
/// headers that it forwards it with.
///
/// ```swift
/// let record = StreamRecord(key: "han", value: "iphone", timestamp: 1000)
/// let counted = record.with(value: Int64(1))
/// ```
public struct StreamRecord<Key, Value> {
    /// The key; nil where Kafka's is null.
    public var key: Key?
    /// The value; nil where Kafka's is null.
    public var value: Value?
    /// The record's time.
    public var timestamp: Timestamp
    /// Names and values beside key and value.
    public var headers: [Header]

    /// A record of one's own; nil for key or value is null.
    @inlinable
    public init(key: Key?, value: Value?, timestamp: Timestamp, headers: [Header] = []) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.headers = headers
    }

    /// The record with another key.
    @inlinable
    public func with<NewKey>(key: NewKey?) -> StreamRecord<NewKey, Value> {
        StreamRecord<NewKey, Value>(key: key, value: value, timestamp: timestamp, headers: headers)
    }

    /// The record with another value.
    @inlinable
    public func with<NewValue>(value: NewValue?) -> StreamRecord<Key, NewValue> {
        StreamRecord<Key, NewValue>(key: key, value: value, timestamp: timestamp, headers: headers)
    }

    /// The record with another time.
    @inlinable
    public func with(timestamp: Timestamp) -> StreamRecord {
        StreamRecord(key: key, value: value, timestamp: timestamp, headers: headers)
    }

    /// The record with other headers.
    @inlinable
    public func with(headers: [Header]) -> StreamRecord {
        StreamRecord(key: key, value: value, timestamp: timestamp, headers: headers)
    }
}

extension StreamRecord: Equatable where Key: Equatable, Value: Equatable {}
extension StreamRecord: Hashable where Key: Hashable, Value: Hashable {}
extension StreamRecord: Sendable where Key: Sendable, Value: Sendable {}
