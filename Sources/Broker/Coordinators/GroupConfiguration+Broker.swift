import Coordination

extension GroupConfiguration {
    /// What the broker's properties say about groups.
    init(_ configuration: BrokerConfiguration) {
        self.init()
        minimumSessionTimeout = configuration.milliseconds("group.min.session.timeout.ms")
        maximumSessionTimeout = configuration.milliseconds("group.max.session.timeout.ms")
        initialRebalanceDelay = configuration.milliseconds("group.initial.rebalance.delay.ms")
        maximumGroupSize = Int(configuration.integer("group.max.size"))
        maximumOffsetMetadataLength = Int(configuration.integer("offset.metadata.max.bytes"))
        offsetsRetention = .seconds(configuration.integer("offsets.retention.minutes") * 60)
        maximumConsumerGroupSize = Int(configuration.integer("group.consumer.max.size"))
        consumerSettings.sessionTimeout = configuration.milliseconds("group.consumer.session.timeout.ms")
        consumerSettings.heartbeatInterval = configuration.milliseconds("group.consumer.heartbeat.interval.ms")
        migrationPolicy =
            configuration.string("group.consumer.migration.policy").flatMap {
                GroupMigrationPolicy(rawValue: $0.lowercased())
            } ?? .bidirectional
        let names = (configuration.string("group.consumer.assignors") ?? "").split(separator: ",")
        let known = names.compactMap { ServerAssignor(rawValue: $0.trimmingWhitespace()) }
        if !known.isEmpty { consumerAssignors = known }
        offsetsRetentionCheckInterval = configuration.milliseconds("offsets.retention.check.interval.ms")
    }
}
