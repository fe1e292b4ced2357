import Records

/// A value, and the time of the record that it came from.
public struct ValueAndTimestamp<Value> {
    public var value: Value
    public var timestamp: Timestamp

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
