/// A store, or the folder of a task, cannot do its work. Kafka's name.
///
/// The message names the store or folder and says what to do about it.
public struct ProcessorStateException: Error, Sendable, CustomStringConvertible {
    /// What cannot be done, with the store or folder, and what helps.
    public let message: String
    /// What happened below, if anything.
    public let underlying: (any Error)?

    /// An error with that message, and its cause.
    public init(_ message: String, underlying: (any Error)? = nil) {
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        guard let underlying else { return "ProcessorStateException: \(message)" }
        return "ProcessorStateException: \(message): \(underlying)"
    }
}

/// A store was used that is closed, not open yet, or of another type. Kafka's name.
public struct InvalidStateStoreException: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which store, and what is the matter with it.
    public let message: String

    /// An error with that message.
    public init(_ message: String) { self.message = message }

    public var description: String { "InvalidStateStoreException: \(message)" }
}
