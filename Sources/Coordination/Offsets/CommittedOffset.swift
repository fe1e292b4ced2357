import Records

/// What a group committed for a partition.
public struct CommittedOffset: Sendable, Hashable {
    /// The next record to consume.
    public var offset: Offset
    /// The leader epoch of the last record consumed; none where the client does not know.
    public var leaderEpoch: LeaderEpoch
    /// The client's own words; may be empty.
    public var metadata: String
    /// When it was committed.
    public var commitTimestamp: Timestamp
    /// Set only by clients that gave a retention time (OffsetCommit 2 to 4).
    public var expireTimestamp: Timestamp?

    /// An offset with these fields.
    public init(
        offset: Offset,
        leaderEpoch: LeaderEpoch = .none,
        metadata: String = "",
        commitTimestamp: Timestamp,
        expireTimestamp: Timestamp? = nil
    ) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
        self.commitTimestamp = commitTimestamp
        self.expireTimestamp = expireTimestamp
    }
}
