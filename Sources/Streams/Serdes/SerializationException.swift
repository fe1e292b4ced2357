/// Bytes that are no value of their serde, or a value that has no bytes. Kafka's name.
public struct SerializationException: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit, with the serde's name.
    public let message: String

    /// An error with that message.
    public init(_ message: String) { self.message = message }

    public var description: String { "SerializationException: \(message)" }
}

extension SerializationException {
    @usableFromInline
    static func wrongSize(_ name: String, expected: Int, actual: Int) -> SerializationException {
        SerializationException("\(name) takes \(expected) bytes, not \(actual)")
    }
}
