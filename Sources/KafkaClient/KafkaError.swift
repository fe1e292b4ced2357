import KafkaProtocol
import Transport

/// What went wrong in a call of the client: the protocol's error code, a sentence, and the cause where there is one.
///
/// Errors that no broker reported use the code that says the same: `NETWORK_EXCEPTION` for a connection that failed,
/// `REQUEST_TIMED_OUT` for a time that ran out, `INVALID_CONFIG` for a setting.
///
/// ```swift
/// let producer = try Producer(client)
/// do {
///     try await producer.send(ProducerRecord(topic: "orders", value: Bytes(utf8: "iphone")))
/// } catch let error as KafkaError where error.code == .messageTooLarge {
///     print(error.message)
/// }
/// ```
public struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// The protocol's error code.
    public let code: ErrorCode
    /// What happened, in a sentence.
    public let message: String
    /// The cause, where there is one.
    public let underlying: (any Error)?

    /// An error of `code`; its own sentence stands where `message` is nil.
    public init(_ code: ErrorCode, _ message: String? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message ?? code.message
        self.underlying = underlying
    }

    /// Whether the same call may succeed when it is made again.
    public var isRetriable: Bool { code.isRetriable }

    public var description: String {
        if let underlying { return "\(code.name): \(message) (\(underlying))" }
        return "\(code.name): \(message)"
    }

    /// Whether the connection failed, so that another broker may be tried.
    var isConnectionFailure: Bool { code == .networkException }

    static func closed() -> KafkaError { KafkaError(.unknownServerError, "The client is closed.") }

    static func timedOut(_ message: String, underlying: (any Error)? = nil) -> KafkaError {
        KafkaError(.requestTimedOut, message, underlying: underlying)
    }
}
