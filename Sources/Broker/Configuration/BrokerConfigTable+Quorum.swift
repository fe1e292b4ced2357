extension BrokerConfigTable {
    /// Configs of the metadata log and its quorum.
    static let quorum: [ConfigDefinition] = [
        .init(
            "controller.listener.names",
            .string,
            nil,
            .high,
            doc: "The listeners of the controller; on one node they are not opened."
        ),
        .init(
            "controller.quorum.voters",
            .list,
            "",
            .high,
            isHonoured: false,
            doc: "The voters of the quorum: id@host:port, several by comma."
        ),
        .init(
            "controller.quorum.bootstrap.servers",
            .list,
            "",
            .high,
            isHonoured: false,
            doc: "Where to look for the quorum: host:port, several by comma."
        ),
        .init(
            "controller.quorum.election.timeout.ms",
            .int,
            "1000",
            .high,
            isHonoured: false,
            doc: "How long a voter waits before it starts an election."
        ),
        .init(
            "controller.quorum.fetch.timeout.ms",
            .int,
            "2000",
            .high,
            isHonoured: false,
            doc: "How long a follower waits for its leader before it becomes a candidate."
        ),
        .init(
            "controller.quorum.election.backoff.max.ms",
            .int,
            "1000",
            .high,
            isHonoured: false,
            doc: "The longest pause before a new election."
        ),
        .init(
            "controller.quorum.append.linger.ms",
            .int,
            "25",
            .medium,
            isHonoured: false,
            doc: "How long the leader gathers records before it writes them."
        ),
        .init(
            "controller.quorum.request.timeout.ms",
            .int,
            "2000",
            .medium,
            isHonoured: false,
            doc: "How long a node of the quorum waits for another's answer."
        ),
        .init(
            "controller.quorum.retry.backoff.ms",
            .int,
            "20",
            .low,
            isHonoured: false,
            doc: "The pause before a failed request of the quorum is tried again."
        ),
        .init(
            "controller.quorum.auto.join.enable",
            .boolean,
            "false",
            .high,
            isHonoured: false,
            doc: "Whether a controller joins the quorum as a voter by itself."
        ),
        .init(
            "controller.quorum.fetch.snapshot.max.bytes",
            .int,
            "1048576",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "The largest piece of a snapshot that is sent at once."
        ),
        .init(
            "controller.quorum.fetch.max.bytes",
            .int,
            "1048576",
            .high,
            .atLeast(1),
            isHonoured: false,
            doc: "The most metadata that is sent at once."
        ),
        .init(
            "controller.socket.timeout.ms",
            .int,
            "30000",
            .medium,
            isHonoured: false,
            doc: "The socket timeout between brokers and controller."
        ),
        .init(
            "metadata.log.dir",
            .string,
            nil,
            .high,
            doc: "The folder of the metadata log; the first of log.dirs where not set."
        ),
        .init(
            "metadata.log.segment.bytes",
            .int,
            "1073741824",
            .high,
            .atLeast(12),
            doc: "Segment size of the metadata log."
        ),
        .init(
            "metadata.log.segment.ms",
            .long,
            "604800000",
            .high,
            doc: "Time after which a segment of the metadata log is closed."
        ),
        .init(
            "metadata.log.max.record.bytes.between.snapshots",
            .long,
            "20971520",
            .high,
            .atLeast(1),
            doc: "Bytes of metadata records after which a snapshot is taken."
        ),
        .init(
            "metadata.log.max.snapshot.interval.ms",
            .long,
            "3600000",
            .high,
            .atLeast(0),
            doc: "Time after which a snapshot of the metadata is taken."
        ),
        .init(
            "metadata.max.retention.bytes",
            .long,
            "104857600",
            .high,
            doc: "The most that metadata log and snapshots may take before old ones are deleted."
        ),
        .init(
            "metadata.max.retention.ms",
            .long,
            "604800000",
            .high,
            doc: "How long old metadata is kept."
        ),
        .init(
            "metadata.max.idle.interval.ms",
            .int,
            "500",
            .low,
            .atLeast(0),
            isHonoured: false,
            doc: "How often an idle controller writes an empty record. Here it writes none."
        ),
        .init(
            "initial.broker.registration.timeout.ms",
            .int,
            "60000",
            .medium,
            isHonoured: false,
            doc: "How long a starting broker tries to register."
        ),
        .init(
            "broker.heartbeat.interval.ms",
            .int,
            "2000",
            .medium,
            isHonoured: false,
            doc: "How often a broker heartbeats to the controller."
        ),
        .init(
            "broker.session.timeout.ms",
            .int,
            "9000",
            .medium,
            isHonoured: false,
            doc: "How long a broker may be silent before it is fenced."
        ),
        .init(
            "controller.performance.sample.period.ms",
            .long,
            "60000",
            .medium,
            .atLeast(100),
            isHonoured: false,
            doc: "How often the controller measures itself."
        ),
        .init(
            "controller.performance.always.log.threshold.ms",
            .long,
            "2000",
            .medium,
            .atLeast(0),
            isHonoured: false,
            doc: "How slow an event of the controller must be to be logged."
        ),
    ]
}
