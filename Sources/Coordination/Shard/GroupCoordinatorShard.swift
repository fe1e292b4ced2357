import Records

/// One partition of `__consumer_offsets`: the groups whose ids hash to it, and their offsets. A pure value.
///
/// Two kinds of state. *Hard* state is what the partition's records say; after a restart it is replayed. *Soft* state
/// is what a live group adds: parked joins, timers, pending members. An event changes soft state at once and returns
/// records. ``replay(_:at:producerID:)`` is the only way in which offsets come, change and go, and groups go; it is
/// the same live and on reload. A live classic group has taken the step that its metadata record writes down when the
/// record is appended, so that the replay of its own record finds it done; a test proves that a reload agrees with
/// the live shard after every record.
///
/// A shard begins in ``Phase/loading``: replay the partition's records, then ``activate(at:)``. Only then it answers.
///
/// Invariant: a group with offsets exists. ``nextDeadline`` is never later than any group's.
public struct GroupCoordinatorShard: Sendable {
    /// Whether the shard still replays its partition.
    public enum Phase: Sendable, Hashable {
        case loading
        case active
    }

    /// What the broker configures about groups.
    public let configuration: GroupConfiguration
    /// Whether the shard still replays its partition.
    public private(set) var phase: Phase = .loading

    /// The topics as the shell saw them last.
    public private(set) var topics: any TopicDirectory

    var groups: [GroupID: ClassicGroup] = [:]
    /// Groups of the consumer protocol. A group is of one kind at a time.
    var consumerGroups: [GroupID: ConsumerGroup] = [:]
    var offsets = OffsetTable()
    var deadlines = DeadlineQueue<GroupID>()
    /// When offsets are next looked through for expired ones.
    var nextExpiryCheck: Duration?

    /// An empty shard that is about to be loaded.
    public init(configuration: GroupConfiguration, topics: any TopicDirectory = NoTopics()) {
        self.configuration = configuration
        self.topics = topics
    }

    /// The topics have changed: every consumer group looks at its own again with the next heartbeat.
    public mutating func topicsChanged(to topics: any TopicDirectory) {
        self.topics = topics
        for index in consumerGroups.values.indices { consumerGroups.values[index].topicsCheck = .zero }
    }

    /// When ``tick(at:)`` has to be called at the latest; possibly early.
    public var nextDeadline: Duration? {
        guard let expiry = nextExpiryCheck else { return deadlines.earliest }
        return min(expiry, deadlines.earliest ?? expiry)
    }

    /// Applies a record of the partition. `producerID` is set for records of a transaction.
    public mutating func replay(_ record: GroupRecord, at recordOffset: Offset, producerID: ProducerID? = nil) {
        switch record {
        case .offsetCommit(let group, let partition, let committed):
            if committed != nil, groups[group] == nil, consumerGroups[group] == nil {
                groups[group] = ClassicGroup(id: group, since: committed?.commitTimestamp)
            }
            offsets.replay(group, partition, committed, at: recordOffset, producerID: producerID)
        case .groupMetadata(let group, nil):
            groups[group] = nil
        case .groupMetadata(let group, let metadata?):
            consumerGroups[group] = nil
            if phase == .loading || groups[group] == nil { groups[group] = ClassicGroup(id: group, metadata: metadata) }
        case .consumerGroup(let group, .epoch(nil)): consumerGroups[group] = nil
        case .consumerGroup(let group, let record): replay(record, of: group)
        }
    }

    private mutating func replay(_ record: ConsumerGroupRecord, of group: GroupID) {
        // The tombstones of a group that has become a classic one meanwhile.
        guard consumerGroups[group] != nil || !record.isTombstone else { return }
        // A classic group gives way where it only ever had offsets.
        if !record.isTombstone { groups[group] = nil }
        consumerGroups[group, default: ConsumerGroup(id: group)].replay(record)
    }

    /// Applies the end of a transaction, from its control record.
    public mutating func replayEndOfTransaction(producerID: ProducerID, commits: Bool) {
        offsets.endTransaction(of: producerID, commits: commits)
    }

    /// Ends loading: sessions run from now on.
    public mutating func activate(at moment: Moment) -> GroupOutcome<Void> {
        phase = .active
        nextExpiryCheck = moment.uptime + configuration.offsetsRetentionCheckInterval
        var effects = GroupEffects()
        for id in groups.keys.sorted() {
            let configuration = configuration
            effects.append(change(id) { $0.resume(configuration: configuration, at: moment) } ?? GroupEffects())
        }
        for id in consumerGroups.keys.sorted() {
            let settings = configuration.consumerSettings
            effects.append(changeConsumer(id) { $0.resume(settings, at: moment) } ?? GroupEffects())
        }
        return GroupOutcome((), effects)
    }

    /// The partition has moved away: whoever waits is sent to the new coordinator. The shard is of no use afterwards.
    public mutating func unload() -> GroupEffects {
        var effects = GroupEffects()
        for id in groups.keys.sorted() { effects.append(change(id) { $0.unload() } ?? GroupEffects()) }
        groups = [:]
        consumerGroups = [:]
        return effects
    }

    /// Undoes an event whose records could not be appended. Must be called before any other event.
    public mutating func revert<Answer>(_ outcome: GroupOutcome<Answer>) {
        if let undo = outcome.undo { restore(undo) }
    }

    mutating func restore(_ undo: GroupUndo) {
        groups[undo.group] = undo.previous
        consumerGroups[undo.group] = undo.previousConsumer
        let deadline = undo.previous?.nextDeadline ?? undo.previousConsumer?.nextDeadline
        if let deadline { deadlines.schedule(undo.group, at: deadline) }
    }

    /// The group of this id, where it is of the consumer protocol.
    public func consumerGroup(_ id: GroupID) -> ConsumerGroup? { consumerGroups[id] }

    /// The group of this id, for tests and descriptions.
    public func group(_ id: GroupID) -> ClassicGroup? { groups[id] }

    /// Lets an event happen to a group in place, and sees to its deadlines. Nil where there is no such group.
    mutating func change<R, E: Error>(_ id: GroupID, _ event: (inout ClassicGroup) throws(E) -> R) throws(E) -> R? {
        guard let index = groups.index(forKey: id) else { return nil }
        defer {
            if let deadline = groups.values[index].nextDeadline { deadlines.schedule(id, at: deadline) }
        }
        return try event(&groups.values[index])
    }

    /// The group as it is now, for ``GroupOutcome/undo``.
    func undo(_ id: GroupID) -> GroupUndo {
        GroupUndo(group: id, previous: groups[id], previousConsumer: consumerGroups[id])
    }
}
