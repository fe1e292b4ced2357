import Records

/// A value, and the time of the record that it came from.
public struct ValueAndTimestamp<Value> {
    /// The value.
    public var value: Value
    /// The time of the record that it came from.
    public var timestamp: Timestamp

    /// A value of that time.
    @inlinable
    public init(_ value: Value, _ timestamp: Timestamp) {
        self.value = value
        self.timestamp = timestamp
    }
}

extension ValueAndTimestamp: Equatable where Value: Equatable {}
extension ValueAndTimestamp: Hashable where Value: Hashable {}
extension ValueAndTimestamp: Sendable where Value: Sendable {}

extension ValueAndTimestamp: CustomStringConvertible {
    public var description: String { "<\(value),\(timestamp)>" }
}
