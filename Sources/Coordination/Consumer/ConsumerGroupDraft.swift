import Records

/// Whether it is known which topics a regular expression matches; `none` where there is no expression.
enum RegexStanding { case none, resolved, new }

/// A consumer group with the records of an event applied that are not written yet, so that each step of the event sees
/// what the one before it made.
struct ConsumerGroupDraft {
    private(set) var group: ConsumerGroup
    private(set) var records: [ConsumerGroupRecord] = []

    init(_ group: ConsumerGroup) { self.group = group }

    mutating func emit(_ record: ConsumerGroupRecord) {
        group.replay(record)
        records.append(record)
    }

    func effects(_ notices: [GroupNotice] = []) -> GroupEffects {
        var effects = GroupEffects()
        effects.records = records.map { .consumerGroup(group.id, $0) }
        effects.notices = notices
        return effects
    }

    // MARK: Members

    /// Takes a member out, with all that is written about it.
    mutating func remove(_ id: MemberID) {
        emit(.current(id, nil))
        emit(.target(id, nil))
        emit(.member(id, nil))
    }

    /// Puts a static member that has come back in the place of its former self.
    mutating func replace(_ old: ConsumerGroupMember, by id: MemberID) -> ConsumerGroupMember {
        let target = group.targets[old.id] ?? PartitionsByTopic()
        remove(old.id)
        let member = old.renamed(id)
        emit(.member(id, member))
        emit(.target(id, target))
        emit(.current(id, ConsumerGroupRecord.CurrentAssignment(member)))
        return member
    }

    // MARK: Regular expressions

    /// Asks the regular expressions of the members anew, those that were never asked only where `includingNew`. Whether
    /// one of them matches other topics than before.
    mutating func resolveRegexes(_ context: ConsumerGroupContext, includingNew: Bool) throws(GroupError) -> Bool {
        forgetUnusedRegexes()
        var isChanged = false
        for text in Set(group.members.values.compactMap(\.topicRegex)).sorted() {
            let before = group.resolvedRegexes[text]
            guard before != nil || includingNew else { continue }
            let topics = try TopicRegex(text).matches(in: context.topics.groupTopicNames)
            guard before?.topics != topics else { continue }
            if topics != before?.topics ?? [] { isChanged = true }
            let version = context.topics.groupTopicsVersion
            emit(.regex(text, ResolvedRegex(topics: topics, version: version, timestamp: context.moment.wall)))
        }
        return isChanged
    }

    /// What is known of the regular expression that a member has from now on. Errors:
    /// ``GroupError/invalidRegularExpression``.
    func standing(of text: String?) throws(GroupError) -> RegexStanding {
        guard let text else { return .none }
        if group.resolvedRegexes[text] != nil { return .resolved }
        _ = try TopicRegex(text)
        return .new
    }

    mutating func forgetUnusedRegexes() {
        let used = Set(group.members.values.compactMap(\.topicRegex))
        for text in Set(group.resolvedRegexes.keys).subtracting(used).sorted() { emit(.regex(text, nil)) }
    }

    // MARK: Epochs

    /// Looks at the topics that members subscribe to, and begins a new epoch when they changed or when `isDue`.
    mutating func judgeTopics(isDue: Bool, _ topics: any TopicDirectory) {
        let known = group.subscribedTopics(topics)
        var isDue = isDue
        if known != group.knownTopics {
            isDue = true
            emit(.topics(known.values.sorted { $0.name < $1.name }))
        }
        if isDue { emit(.epoch(group.epoch + 1)) }
    }

    /// Computes who shall own what, where that is older than the group's epoch.
    mutating func updateTargets(_ configuration: GroupConfiguration) {
        guard group.epoch > group.targetEpoch else { return }
        let named = group.preferredAssignor.flatMap(ServerAssignor.init(rawValue:))
        let assignor = named ?? configuration.consumerAssignors.first ?? .uniform
        let counts = group.knownTopics.values.map { ($0.id, $0.partitionCount) }
        let targets = assignor.assign(
            ServerAssignor.Input(
                members: group.orderedMembers.map { member in
                    ServerAssignor.Input.Member(
                        id: member.id,
                        instanceID: member.instanceID,
                        topics: Set(group.topicNames(of: member).compactMap { group.knownTopics[$0]?.id }),
                        target: group.targets[member.id] ?? PartitionsByTopic()
                    )
                },
                partitionCounts: Dictionary(counts, uniquingKeysWith: { _, last in last })
            )
        )
        for member in group.orderedMembers {
            let target = targets[member.id] ?? PartitionsByTopic()
            if group.targets[member.id] != target { emit(.target(member.id, target)) }
        }
        emit(.targetEpoch(group.epoch))
    }

    /// Lets a member go a step towards its target.
    mutating func reconcile(_ id: MemberID, owned: PartitionsByTopic?) throws(GroupError) {
        guard let member = group.members[id], !member.isReconciled(to: group.targetEpoch) else { return }
        let current = group
        let next = try Reconciliation(
            targetEpoch: group.targetEpoch,
            target: group.targets[id] ?? PartitionsByTopic(),
            owned: owned,
            owner: { current.owner(of: $0, $1) }
        ).next(member)
        if next != member { emit(.current(id, ConsumerGroupRecord.CurrentAssignment(next))) }
    }
}

extension ConsumerGroup {
    /// What a member subscribes to, by name and by regular expression.
    func topicNames(of member: ConsumerGroupMember) -> Set<TopicName> {
        var names = Set(member.topics)
        if let regex = member.topicRegex { names.formUnion(resolvedRegexes[regex]?.topics ?? []) }
        return names
    }

    /// The topics that members subscribe to and that exist.
    func subscribedTopics(_ topics: any TopicDirectory) -> [TopicName: GroupTopic] {
        var known: [TopicName: GroupTopic] = [:]
        for member in members.values {
            for name in topicNames(of: member) where known[name] == nil { known[name] = topics.groupTopic(named: name) }
        }
        return known
    }
}
