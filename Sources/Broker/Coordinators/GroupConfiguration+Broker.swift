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
        offsetsRetentionCheckInterval = configuration.milliseconds("offsets.retention.check.interval.ms")
    }
}
