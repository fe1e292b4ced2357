import KafkaProtocol
import Records

/// The form of ``GroupRecord`` in `__consumer_offsets`: Kafka's, so that either side reads what the other wrote.
///
/// | key version | record | value version written |
/// |---|---|---|
/// | 0, 1 | `OffsetCommitKey` | 3; 1 where the client gave a retention time |
/// | 2 | `GroupMetadataKey` | 3 |
/// | 3 to 8, 16 | groups of the consumer protocol, see ``ConsumerGroupRecord`` | 0 |
/// | others | other kinds of groups | |
extension GroupRecord {
    /// What the bytes of a record hold.
    public enum Decoded: Sendable, Hashable {
        case record(GroupRecord)
        /// A kind that this release does not know. It is left alone.
        case unknownKind(Int16)
    }

    /// The key, and the value, which is nil for a tombstone.
    public func encoded() throws(WireError) -> (key: Bytes, value: Bytes?) {
        switch self {
        case .offsetCommit(let group, let partition, let committed):
            var key = OffsetCommitKey()
            key.group = group
            key.topic = partition.topic
            key.partition = partition.partition
            return (try key.encodedRecord(version: 1), try committed.map(GroupRecord.encode))
        case .groupMetadata(let group, let metadata):
            var key = GroupMetadataKey()
            key.group = group
            return (try key.encodedRecord(version: 2), try metadata.map(GroupRecord.encode))
        case .consumerGroup(let group, let record): return try record.encoded(group)
        }
    }

    /// Reads a record of the topic. Bytes that a later read must not keep alive are copied.
    public static func decode(key: Bytes, value: Bytes?) throws(WireError) -> Decoded {
        let kind = try OffsetCommitKey.recordVersion(of: key)
        switch kind {
        case 0, 1:
            let decoded = try OffsetCommitKey.decodeRecord(key)
            let partition = TopicPartition(decoded.topic, decoded.partition)
            return .record(.offsetCommit(decoded.group, partition, try value.map(committedOffset)))
        case 2:
            let decoded = try GroupMetadataKey.decodeRecord(key)
            return .record(.groupMetadata(decoded.group, try value.map(groupMetadata)))
        default:
            guard let (group, record) = try ConsumerGroupRecord.decode(kind, key, value) else {
                return .unknownKind(kind)
            }
            return .record(.consumerGroup(group, record))
        }
    }

    private static func encode(_ committed: CommittedOffset) throws(WireError) -> Bytes {
        var value = OffsetCommitValue()
        value.offset = committed.offset
        value.leaderEpoch = committed.leaderEpoch
        value.metadata = committed.metadata
        value.commitTimestamp = committed.commitTimestamp
        value.expireTimestamp = committed.expireTimestamp ?? .none
        return try value.encodedRecord(version: committed.expireTimestamp == nil ? 3 : 1)
    }

    private static func committedOffset(_ bytes: Bytes) throws(WireError) -> CommittedOffset {
        let value = try OffsetCommitValue.decodeRecord(bytes)
        return CommittedOffset(
            offset: value.offset,
            leaderEpoch: value.leaderEpoch,
            metadata: value.metadata,
            commitTimestamp: value.commitTimestamp,
            expireTimestamp: value.expireTimestamp == .none ? nil : value.expireTimestamp
        )
    }

    private static func encode(_ metadata: GroupMetadata) throws(WireError) -> Bytes {
        var value = GroupMetadataValue()
        value.protocolType = metadata.protocolType
        value.generation = metadata.generation
        value.protocol = metadata.protocolName
        value.leader = metadata.leader
        value.currentStateTimestamp = metadata.stateSince ?? .none
        value.members = metadata.members.map { member in
            var stored = GroupMetadataValue.MemberMetadata()
            stored.memberId = member.memberID
            stored.groupInstanceId = member.instanceID?.rawValue
            stored.clientId = member.clientID
            stored.clientHost = member.clientHost
            stored.rebalanceTimeout = member.rebalanceTimeout.clampedMilliseconds
            stored.sessionTimeout = member.sessionTimeout.clampedMilliseconds
            stored.subscription = member.subscription
            stored.assignment = member.assignment
            return stored
        }
        return try value.encodedRecord(version: 3)
    }

    private static func groupMetadata(_ bytes: Bytes) throws(WireError) -> GroupMetadata {
        let value = try GroupMetadataValue.decodeRecord(bytes)
        let members = value.members.map { stored in
            // Before version 1 a member had one timeout for both.
            let rebalance = stored.rebalanceTimeout == -1 ? stored.sessionTimeout : stored.rebalanceTimeout
            return GroupMetadata.Member(
                memberID: stored.memberId,
                instanceID: stored.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
                clientID: stored.clientId,
                clientHost: stored.clientHost,
                rebalanceTimeout: .milliseconds(rebalance),
                sessionTimeout: .milliseconds(stored.sessionTimeout),
                subscription: stored.subscription.copied(),
                assignment: stored.assignment.copied()
            )
        }
        return GroupMetadata(
            protocolType: value.protocolType,
            generation: value.generation,
            protocolName: value.protocol,
            leader: value.leader,
            stateSince: value.currentStateTimestamp == .none ? nil : value.currentStateTimestamp,
            members: members
        )
    }
}
