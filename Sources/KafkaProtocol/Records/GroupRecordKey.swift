import Records

/// The key of a record of `__consumer_offsets`. The number that leads it tells which record it is.
///
/// ```swift
/// switch try GroupRecordKey.decode(key) {
/// case .offsetCommit(let key): try OffsetCommitValue.decodeRecord(value)
/// ...
/// ```
public enum GroupRecordKey: Equatable, Sendable {
    case offsetCommit(OffsetCommitKey)
    case groupMetadata(GroupMetadataKey)
    case consumerGroupMetadata(ConsumerGroupMetadataKey)
    case consumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataKey)
    case consumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey)
    case consumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataKey)
    case consumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberKey)
    case consumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentKey)
    case shareGroupPartitionMetadata(ShareGroupPartitionMetadataKey)
    case shareGroupMemberMetadata(ShareGroupMemberMetadataKey)
    case shareGroupMetadata(ShareGroupMetadataKey)
    case shareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataKey)
    case shareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberKey)
    case shareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentKey)
    case shareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataKey)
    case consumerGroupRegularExpression(ConsumerGroupRegularExpressionKey)

    /// Reads a key. Errors: `unknownRecord` where the number stands for no record of this release, which a reader skips
    /// as Kafka's does.
    public static func decode(_ key: Bytes) throws(WireError) -> GroupRecordKey {
        let number = try OffsetCommitKey.recordVersion(of: key)
        switch number {
        case 0, 1: return .offsetCommit(try .decodeRecord(key))
        case 2: return .groupMetadata(try .decodeRecord(key))
        case 3: return .consumerGroupMetadata(try .decodeRecord(key))
        case 4: return .consumerGroupPartitionMetadata(try .decodeRecord(key))
        case 5: return .consumerGroupMemberMetadata(try .decodeRecord(key))
        case 6: return .consumerGroupTargetAssignmentMetadata(try .decodeRecord(key))
        case 7: return .consumerGroupTargetAssignmentMember(try .decodeRecord(key))
        case 8: return .consumerGroupCurrentMemberAssignment(try .decodeRecord(key))
        case 9: return .shareGroupPartitionMetadata(try .decodeRecord(key))
        case 10: return .shareGroupMemberMetadata(try .decodeRecord(key))
        case 11: return .shareGroupMetadata(try .decodeRecord(key))
        case 12: return .shareGroupTargetAssignmentMetadata(try .decodeRecord(key))
        case 13: return .shareGroupTargetAssignmentMember(try .decodeRecord(key))
        case 14: return .shareGroupCurrentMemberAssignment(try .decodeRecord(key))
        case 15: return .shareGroupStatePartitionMetadata(try .decodeRecord(key))
        case 16: return .consumerGroupRegularExpression(try .decodeRecord(key))
        default: throw WireError(.unknownRecord(Int(number)), field: "version", byteOffset: 0)
        }
    }
}
