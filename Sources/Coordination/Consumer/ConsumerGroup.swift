import Records

/// A group of the consumer protocol: the coordinator assigns, and members reconcile by heartbeats. A pure value.
///
/// Three epochs follow each other. The *group epoch* grows when members, subscriptions or topics change. The *target
/// assignment* is computed for it. Each *member epoch* follows once the member has given up what it has to; a partition is
/// handed to its new owner when the old one has let go. See KIP-848.
///
/// Hard state (all but timers) changes only by ``replay(_:)``, live and on reload alike: an event computes records against
/// the state and leaves it as it is.
///
/// Invariant: ``partitionEpochs`` holds exactly what members own or are giving up. Every static member is a member.
public struct ConsumerGroup: Sendable, Hashable {
    /// Kafka's names of where a group is.
    public enum State: String, Sendable, Hashable {
        case empty = "Empty"
        case assigning = "Assigning"
        case reconciling = "Reconciling"
        case stable = "Stable"
    }

    /// The name of the group.
    public let id: GroupID
    /// Grows with every change of members, subscriptions and topics.
    public internal(set) var epoch: Int32 = 0
    /// The group epoch that ``targets`` was computed for.
    public internal(set) var targetEpoch: Int32 = 0
    /// What each member shall own.
    public internal(set) var targets: [MemberID: PartitionsByTopic] = [:]
    /// By id.
    public internal(set) var members: [MemberID: ConsumerGroupMember] = [:]
    /// The subscribed topics as they were when the epoch was last judged, by name.
    var knownTopics: [TopicName: GroupTopic] = [:]
    /// The member id of each static member.
    var staticMembers: [GroupInstanceID: MemberID] = [:]
    /// The epoch of the owner of each partition that is owned.
    var partitionEpochs: [TopicID: [PartitionIndex: Int32]] = [:]
    /// What each regular expression matched when it was last asked.
    var resolvedRegexes: [String: ResolvedRegex] = [:]

    // MARK: Soft state

    /// When a member is given up unless it is heard of.
    var sessionDeadlines: [MemberID: Duration] = [:]
    /// When a member must have given up the partitions that it has to in its epoch.
    var revocations: [MemberID: Revocation] = [:]
    /// When a member that speaks the classic protocol must have joined again, or synced.
    var joinDeadlines: [MemberID: Duration] = [:]
    var syncDeadlines: [MemberID: Duration] = [:]
    /// When the topics are looked at again; zero for at once.
    var topicsCheck = Duration.zero
    /// When regular expressions that are new are asked; nil where there are none.
    var regexCheck: Duration?
    /// No deadline of the group is before this one.
    var earliestDeadline: Duration?

    struct Revocation: Sendable, Hashable {
        var deadline: Duration
        var epoch: Int32
    }

    /// A group without members.
    public init(id: GroupID) { self.id = id }

    /// Where the group is.
    public var state: State {
        if members.isEmpty { return .empty }
        if epoch > targetEpoch { return .assigning }
        return members.values.allSatisfy { $0.isReconciled(to: targetEpoch) } ? .stable : .reconciling
    }

    /// In the order of their ids.
    public var orderedMembers: [ConsumerGroupMember] { members.values.sorted { $0.id < $1.id } }

    /// When ``tick`` has something to do at the earliest; it may turn out to be nothing.
    public var nextDeadline: Duration? { earliestDeadline }

    /// The assignor that most members name, nil where none does.
    public var preferredAssignor: String? {
        var votes: [String: Int] = [:]
        for member in members.values { if let name = member.assignor { votes[name, default: 0] += 1 } }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Whether a member consumes `topic`.
    public func isSubscribed(to topic: TopicName) -> Bool {
        members.values.contains { member in
            member.topics.contains(topic)
                || member.topicRegex.flatMap { resolvedRegexes[$0] }?.topics.contains(topic) == true
        }
    }

    func owner(of topic: TopicID, _ partition: PartitionIndex) -> Int32? { partitionEpochs[topic]?[partition] }

    mutating func wake(at deadline: Duration) { earliestDeadline = min(earliestDeadline ?? deadline, deadline) }

    // MARK: Replay

    /// Applies a record about the group.
    mutating func replay(_ record: ConsumerGroupRecord) {
        switch record {
        case .epoch(let epoch): self.epoch = epoch ?? 0
        case .topics(let topics):
            knownTopics = Dictionary((topics ?? []).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        case .member(let id, let description?): replay(id, description)
        case .member(let id, nil): remove(id)
        case .targetEpoch(let epoch): targetEpoch = epoch ?? 0
        case .target(let id, let partitions): targets[id] = partitions
        case .regex(let text, let resolved): resolvedRegexes[text] = resolved
        case .current(let id, let assignment?): replay(id, assignment)
        case .current(let id, nil):
            guard let member = members[id] else { return }
            setOwned(by: member, nil)
            members[id]?.epoch = ConsumerGroupMember.leaveEpoch
            members[id]?.previousEpoch = ConsumerGroupMember.leaveEpoch
            members[id]?.assigned = PartitionsByTopic()
            members[id]?.revoking = PartitionsByTopic()
        }
    }

    private mutating func replay(_ id: MemberID, _ description: ConsumerGroupMember) {
        var member = members[id] ?? ConsumerGroupMember(id: id)
        if let old = member.instanceID, old != description.instanceID, staticMembers[old] == id {
            staticMembers[old] = nil
        }
        member.describe(as: description)
        members[id] = member
        if let instance = member.instanceID { staticMembers[instance] = id }
    }

    private mutating func replay(_ id: MemberID, _ assignment: ConsumerGroupRecord.CurrentAssignment) {
        var member = members[id] ?? ConsumerGroupMember(id: id)
        setOwned(by: member, nil)
        member.epoch = assignment.epoch
        member.previousEpoch = assignment.previousEpoch
        member.state = assignment.state
        member.assigned = assignment.assigned
        member.revoking = assignment.revoking
        members[id] = member
        setOwned(by: member, member.epoch)
    }

    private mutating func remove(_ id: MemberID) {
        guard let member = members.removeValue(forKey: id) else { return }
        setOwned(by: member, nil)
        if let instance = member.instanceID, staticMembers[instance] == id { staticMembers[instance] = nil }
        targets[id] = nil
        forgetTimers(of: id)
    }

    private mutating func setOwned(by member: ConsumerGroupMember, _ epoch: Int32?) {
        for (topic, partitions) in member.assigned.union(member.revoking).topics {
            for partition in partitions {
                if let epoch {
                    partitionEpochs[topic, default: [:]][partition] = epoch
                } else if partitionEpochs[topic]?[partition] == member.epoch {
                    partitionEpochs[topic]?[partition] = nil
                }
            }
            if partitionEpochs[topic]?.isEmpty == true { partitionEpochs[topic] = nil }
        }
    }

    mutating func forgetTimers(of id: MemberID) {
        sessionDeadlines[id] = nil
        revocations[id] = nil
        joinDeadlines[id] = nil
        syncDeadlines[id] = nil
    }
}
