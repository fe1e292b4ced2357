/// What a broker configures about groups, with Kafka's defaults.
public struct GroupConfiguration: Sendable, Hashable {
    /// `group.min.session.timeout.ms`
    public var minimumSessionTimeout: Duration = .seconds(6)
    /// `group.max.session.timeout.ms`
    public var maximumSessionTimeout: Duration = .seconds(1_800)
    /// `group.initial.rebalance.delay.ms`: how long the first rebalance of an empty group waits for more members.
    public var initialRebalanceDelay: Duration = .seconds(3)
    /// `group.max.size`: members that a group may have.
    public var maximumGroupSize = Int(Int32.max)
    /// How long a member that has just joined is kept while its first rebalance lasts. Kafka fixes it at 5 minutes.
    public var newMemberJoinTimeout: Duration = .seconds(300)
    /// `offset.metadata.max.bytes`, counted in UTF-16 units as Kafka does.
    public var maximumOffsetMetadataLength = 4_096
    /// `offsets.retention.minutes`
    public var offsetsRetention: Duration = .seconds(10_080 * 60)
    /// `offsets.retention.check.interval.ms`
    public var offsetsRetentionCheckInterval: Duration = .seconds(600)
    /// `group.consumer.max.size`: members that a group of the consumer protocol may have.
    public var maximumConsumerGroupSize = Int(Int32.max)
    /// `group.consumer.assignors`: the first one is used where members name none.
    public var consumerAssignors: [ServerAssignor] = [.uniform, .range]
    /// `group.consumer.migration.policy`
    public var migrationPolicy = GroupMigrationPolicy.bidirectional
    /// What holds for groups of the consumer protocol that have no settings of their own.
    public var consumerSettings = ConsumerGroupSettings()

    /// Kafka's defaults.
    public init() {}
}
