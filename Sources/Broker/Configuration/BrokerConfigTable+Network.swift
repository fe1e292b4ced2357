extension BrokerConfigTable {
    /// Configs of the sockets that clients come in through.
    static let network: [ConfigDefinition] = [
        .init(
            "listeners",
            .string,
            "PLAINTEXT://:9092",
            .high,
            update: .perBroker,
            doc: "Where to listen: NAME://host:port, several by comma; no host means every interface."
        ),
        .init(
            "advertised.listeners",
            .string,
            nil,
            .high,
            update: .perBroker,
            doc: "The addresses that clients are told to connect to; those of listeners where none is given."
        ),
        .init(
            "listener.security.protocol.map",
            .string,
            "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
            .low,
            update: .perBroker,
            doc: "The security protocol of each listener's name. PLAINTEXT is served."
        ),
        .init(
            "socket.send.buffer.bytes",
            .int,
            "102400",
            .high,
            isHonoured: false,
            doc: "The send buffer of a socket, SO_SNDBUF; -1 leaves it to the system."
        ),
        .init(
            "socket.receive.buffer.bytes",
            .int,
            "102400",
            .high,
            isHonoured: false,
            doc: "The receive buffer of a socket, SO_RCVBUF; -1 leaves it to the system."
        ),
        .init(
            "socket.request.max.bytes",
            .int,
            "104857600",
            .high,
            .atLeast(1),
            doc: "The largest request; a larger one closes its connection."
        ),
        .init(
            "socket.listen.backlog.size",
            .int,
            "50",
            .medium,
            .atLeast(1),
            doc: "How many connections may wait to be accepted; at least 1024 may."
        ),
        .init(
            "max.connections",
            .int,
            "2147483647",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How many connections may be open at once; more are refused."
        ),
        .init(
            "max.connections.per.ip",
            .int,
            "2147483647",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            doc: "How many connections one address may have."
        ),
        .init(
            "max.connections.per.ip.overrides",
            .string,
            "",
            .medium,
            update: .clusterWide,
            isHonoured: false,
            doc: "Exceptions from max.connections.per.ip: host:count, several by comma."
        ),
        .init(
            "max.connection.creation.rate",
            .int,
            "2147483647",
            .medium,
            .atLeast(0),
            update: .clusterWide,
            isHonoured: false,
            doc: "How many connections may be made in a second."
        ),
        .init(
            "connections.max.idle.ms",
            .long,
            "600000",
            .medium,
            doc: "Connections without a request for this long are closed; -1 never."
        ),
        .init(
            "connection.failed.authentication.delay.ms",
            .int,
            "100",
            .low,
            .atLeast(0),
            isHonoured: false,
            doc: "How long a connection stays open after its authentication failed."
        ),
        .init(
            "queued.max.requests",
            .int,
            "500",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "Requests that may wait for a handler. Here none waits: a connection is read as fast as it "
                + "is answered."
        ),
        .init(
            "queued.max.request.bytes",
            .long,
            "-1",
            .medium,
            isHonoured: false,
            doc: "Bytes of requests that may wait for a handler."
        ),
        .init(
            "inter.broker.listener.name",
            .string,
            nil,
            .medium,
            doc: "The listener that brokers reach each other by."
        ),
        .init(
            "security.inter.broker.protocol",
            .string,
            "PLAINTEXT",
            .medium,
            .oneOf(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]),
            isHonoured: false,
            doc: "The protocol between brokers where no listener is named."
        ),
    ]
}
