import Transport

extension BrokerConfiguration {
    /// Below this the system's queue of completed connections only makes clients wait: one that finds it full tries again
    /// after a second.
    private static let leastBacklog: Int64 = 1024

    /// What each listener allows its connections.
    var transportLimits: TransportLimits {
        var limits = TransportLimits()
        limits.maxFrameBytes = Int(integer("socket.request.max.bytes"))
        limits.maxConnections = Int(integer("max.connections"))
        limits.maxConnectionsPerAddress = Int(integer("max.connections.per.ip"))
        let idle = integer("connections.max.idle.ms")
        limits.idleTimeout = idle < 0 ? nil : .milliseconds(idle)
        limits.backlog = Int32(clamping: max(integer("socket.listen.backlog.size"), Self.leastBacklog))
        return limits
    }
}
