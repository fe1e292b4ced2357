import Records

/// An offset to commit, or that was committed: the next one to read.
public struct OffsetAndMetadata: Sendable, Hashable {
    /// The next offset to read.
    public var offset: Offset
    /// The leader epoch of the last record read; `LeaderEpoch/none` where it is not known.
    public var leaderEpoch: LeaderEpoch
    /// What the application wants to remember with it.
    public var metadata: String

    /// An offset to commit.
    public init(_ offset: Offset, leaderEpoch: LeaderEpoch = .none, metadata: String = "") {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}

/// An offset that was looked up by time.
public struct OffsetAndTimestamp: Sendable, Hashable {
    /// The first record at or after the time asked for.
    public let offset: Offset
    /// Its time.
    public let timestamp: Timestamp
    /// The epoch of the leader that appended it; `LeaderEpoch/none` where it is not known.
    public let leaderEpoch: LeaderEpoch
}

/// Who a consumer is within its group: what a transactional producer sends along with offsets. See KIP-447.
public struct ConsumerGroupMetadata: Sendable, Hashable {
    /// The group.
    public let groupID: GroupID
    /// The generation; -1 before the first.
    public let generationID: Int32
    /// The member; empty before it has an id.
    public let memberID: MemberID
    /// `group.instance.id`, where set.
    public let groupInstanceID: String?

    /// What a consumer outside of any generation says.
    public init(groupID: GroupID, generationID: Int32 = -1, memberID: MemberID = "", groupInstanceID: String? = nil) {
        self.groupID = groupID
        self.generationID = generationID
        self.memberID = memberID
        self.groupInstanceID = groupInstanceID
    }
}
