import Transport

extension BrokerConfiguration {
    /// What each listener allows its connections.
    var transportLimits: TransportLimits {
        var limits = TransportLimits()
        limits.maxFrameBytes = Int(integer("socket.request.max.bytes"))
        limits.maxConnections = Int(integer("max.connections"))
        limits.maxConnectionsPerAddress = Int(integer("max.connections.per.ip"))
        let idle = integer("connections.max.idle.ms")
        limits.idleTimeout = idle < 0 ? nil : .milliseconds(idle)
        limits.backlog = Int32(clamping: integer("socket.listen.backlog.size"))
        return limits
    }
}
