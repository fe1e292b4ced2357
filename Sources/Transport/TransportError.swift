/// Why a connection, or a request on it, failed.
///
/// ```swift
/// connection.send(parts, deadline: nil) { result in
///     if case .failure(let error) = result { print(error) }   // localhost/127.0.0.1:9: connection refused ...
/// }
/// ```
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Hashable, Sendable {
        /// No connection came about: the name does not resolve, nobody listens, the connect timed out.
        case connectFailed
        /// The connection was open and closed before the answer came.
        case closed
        /// The answer did not come before the request's deadline; the connection is closed with it.
        case requestTimedOut
        /// The peer announced a frame that is negative or over the limit, or answered what nobody asked.
        case malformedStream
        /// The listener could not bind its address.
        case bindFailed
    }

    /// What happened, for programs.
    public let kind: Kind
    /// The other side, as `host/address:port`; for ``Kind/bindFailed`` the address to bind.
    public let peer: String
    /// What happened, in words.
    public let detail: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    /// Names what happened to whom.
    public init(_ kind: Kind, peer: String, detail: String, cause: (any Error)? = nil) {
        self.kind = kind
        self.peer = peer
        self.detail = detail
        self.cause = cause
    }

    public var description: String {
        if let cause { return "\(peer): \(detail): \(cause)" }
        return "\(peer): \(detail)"
    }
}
