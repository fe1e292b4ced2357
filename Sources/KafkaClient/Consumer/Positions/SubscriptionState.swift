import KafkaProtocol
import NIOCore
import Records

/// What a consumer reads, and where it stands in each partition.
struct SubscriptionState {
    /// How partitions come to the consumer.
    enum Mode {
        case none
        /// The application names them.
        case assigned
        /// The group assigns them, of these topics.
        case topics(Set<TopicName>)
        /// The group assigns them, of the topics that match: `matched`, as far as they are known.
        case pattern(TopicPattern, matched: Set<TopicName>)
    }

    private(set) var mode = Mode.none
    private(set) var partitions: [TopicPartition: PartitionState] = [:]
    /// The partitions in order, so that requests are the same from run to run.
    private(set) var order: [TopicPartition] = []
    private(set) var listener: (any RebalanceListener)?
    /// Topics of other members that the leader watches.
    var groupTopics: Set<TopicName> = []
    private var lastIncarnation = 0

    /// Whether the group assigns partitions.
    var isSubscribed: Bool {
        switch mode {
        case .none, .assigned: false
        case .topics, .pattern: true
        }
    }

    /// The topics subscribed to.
    var topics: Set<TopicName> {
        switch mode {
        case .none, .assigned: []
        case .topics(let topics): topics
        case .pattern(_, let matched): matched
        }
    }

    var pattern: TopicPattern? {
        if case .pattern(let pattern, _) = mode { return pattern }
        return nil
    }

    var assignment: Set<TopicPartition> { Set(partitions.keys) }

    /// Every topic whose metadata is needed.
    var neededTopics: Set<TopicName> { topics.union(groupTopics).union(partitions.keys.map(\.topic)) }

    // MARK: Choosing

    /// Errors: partitions are assigned by hand already.
    mutating func subscribe(_ mode: Mode, _ listener: (any RebalanceListener)?) throws(KafkaError) {
        if case .assigned = self.mode { throw SubscriptionState.exclusive }
        self.mode = mode
        self.listener = listener
    }

    /// Errors: topics are subscribed to already.
    mutating func assign(_ wanted: Set<TopicPartition>) throws(KafkaError) {
        if isSubscribed { throw SubscriptionState.exclusive }
        mode = wanted.isEmpty ? .none : .assigned
        setAssignment(wanted)
    }

    mutating func unsubscribe() {
        mode = .none
        listener = nil
        groupTopics = []
        setAssignment([])
    }

    /// Topics that match the pattern now. True where they differ from those before.
    mutating func matched(_ topics: Set<TopicName>) -> Bool {
        guard case .pattern(let pattern, let before) = mode, before != topics else { return false }
        mode = .pattern(pattern, matched: topics)
        return true
    }

    /// Keeps the state of partitions that stay.
    mutating func setAssignment(_ wanted: Set<TopicPartition>) {
        partitions = partitions.filter { wanted.contains($0.key) }
        for partition in wanted where partitions[partition] == nil {
            lastIncarnation += 1
            partitions[partition] = PartitionState(incarnation: lastIncarnation)
        }
        order = partitions.keys.sorted()
        for partition in order { partitions[partition]?.isPendingRevocation = false }
    }

    mutating func markPendingRevocation() {
        for partition in order { partitions[partition]?.isPendingRevocation = true }
    }

    private static var exclusive: KafkaError {
        let message = "Subscription to topics, partitions and pattern are mutually exclusive"
        return KafkaError(.invalidRequest, message)
    }

    // MARK: Positions

    /// The partition's state, to look at and change in place; nil where it is not assigned.
    subscript(partition: TopicPartition) -> PartitionState? {
        get { partitions[partition] }
        _modify { yield &partitions[partition] }
    }

    mutating func seek(_ partition: TopicPartition, to offset: Offset, epoch: LeaderEpoch) throws(KafkaError) {
        guard partitions[partition] != nil else { throw .notAssigned(partition) }
        lastIncarnation += 1
        partitions[partition]?.seek(offset, epoch: epoch, incarnation: lastIncarnation)
    }

    mutating func reset(_ partition: TopicPartition, _ query: OffsetQuery) throws(KafkaError) {
        guard partitions[partition] != nil else { throw .notAssigned(partition) }
        lastIncarnation += 1
        partitions[partition]?.reset(query, incarnation: lastIncarnation)
    }

    mutating func pause(_ paused: Bool, _ chosen: some Collection<TopicPartition>) throws(KafkaError) {
        for partition in chosen where partitions[partition] == nil { throw .notAssigned(partition) }
        for partition in chosen { partitions[partition]?.isPaused = paused }
    }

    /// The position, once it is known.
    func position(_ partition: TopicPartition) throws(KafkaError) -> Offset? {
        guard let state = partitions[partition] else { throw .notAssigned(partition) }
        return state.phase == .fetching ? state.position : nil
    }

    /// What a commit of everything delivered commits.
    var positions: [TopicPartition: OffsetAndMetadata] {
        partitions.compactMapValues { state in
            guard state.phase == .fetching else { return nil }
            return OffsetAndMetadata(state.position, leaderEpoch: state.positionEpoch)
        }
    }
}

extension KafkaError {
    static func notAssigned(_ partition: TopicPartition) -> KafkaError {
        KafkaError(.invalidRequest, "You can only use partitions that are assigned to this consumer, not \(partition).")
    }
}
