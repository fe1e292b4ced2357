import NIOCore

/// What one listener allows its connections. Defaults are Kafka's where Kafka has the limit.
public struct TransportLimits: Sendable {
    /// The largest request frame in bytes (`socket.request.max.bytes`); a connection that announces more is closed.
    public var maxFrameBytes = 104_857_600
    /// Open connections (`max.connections`); further ones are closed as they are accepted.
    public var maxConnections = Int(Int32.max)
    /// Open connections from one address (`max.connections.per.ip`).
    public var maxConnectionsPerAddress = Int(Int32.max)
    /// Requests of one connection that await their reply; at the limit the connection is not read.
    public var maxInFlightRequests = 64
    /// Bytes of replies that wait for a slow reader; above, the connection is not read until half of it has gone.
    public var maxOutboundBytes = 2 * 1024 * 1024
    /// A connection without requests and without traffic is closed after this time (`connections.max.idle.ms`).
    public var idleTimeout: Duration? = .seconds(600)
    /// The queue of connections that the system has completed and the listener not accepted
    /// (`socket.listen.backlog.size`).
    public var backlog: Int32 = 50

    /// Kafka's defaults.
    public init() {}
}

extension TimeAmount {
    /// The duration in nanoseconds, saturating.
    init(saturating duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow {
            self = .nanoseconds(seconds < 0 ? .min : .max)
        } else {
            let sum = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
            self = .nanoseconds(sum.overflow ? (seconds < 0 ? .min : .max) : sum.partialValue)
        }
    }
}
