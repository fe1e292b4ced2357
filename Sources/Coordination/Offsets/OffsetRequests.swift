import Records

/// Somebody commits offsets of a group.
public struct OffsetCommit: Sendable, Hashable {
    /// One partition's offset.
    public struct Entry: Sendable, Hashable {
        /// The partition consumed.
        public let partition: TopicPartition
        /// The next record to consume.
        public let offset: Offset
        /// The leader epoch of the last record consumed; none where the client does not know.
        public let leaderEpoch: LeaderEpoch
        /// The client's own words.
        public let metadata: String?

        /// A commit with these fields.
        public init(
            partition: TopicPartition,
            offset: Offset,
            leaderEpoch: LeaderEpoch = .none,
            metadata: String? = nil
        ) {
            self.partition = partition
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
        }
    }

    /// Empty from outside the group.
    public let memberID: MemberID
    /// Set by a static member.
    public let instanceID: GroupInstanceID?
    /// -1 from outside the group.
    public let generation: Int32
    /// How long to keep the offsets, where the client says so; else the broker's retention applies.
    public let retention: Duration?
    /// Whether the client knows that members of the consumer protocol commit in their epoch (version 9 on, KIP-848).
    public let knowsEpochs: Bool
    /// What is committed; a later entry of a partition replaces an earlier one.
    public let entries: [Entry]

    /// A commit with these fields.
    public init(
        memberID: MemberID = MemberID(""),
        instanceID: GroupInstanceID? = nil,
        generation: Int32 = -1,
        retention: Duration? = nil,
        knowsEpochs: Bool = true,
        entries: [Entry]
    ) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.generation = generation
        self.retention = retention
        self.knowsEpochs = knowsEpochs
        self.entries = entries
    }
}

/// The answer for one partition whose committed offset was asked for.
public enum FetchedOffset: Sendable, Hashable {
    case committed(CommittedOffset)
    /// Nothing was committed.
    case none
    /// A transaction that commits an offset here is still open, and the client wants to wait for its end. See KIP-447.
    case unstable
}
