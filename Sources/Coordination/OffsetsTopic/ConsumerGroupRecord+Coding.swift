import KafkaProtocol
import Records

/// The form of ``ConsumerGroupRecord`` in `__consumer_offsets`: Kafka's.
///
/// | key version | record |
/// |---|---|
/// | 3 | `ConsumerGroupMetadata`: the group's epoch |
/// | 4 | `ConsumerGroupPartitionMetadata`: its topics |
/// | 5 | `ConsumerGroupMemberMetadata` |
/// | 6 | `ConsumerGroupTargetAssignmentMetadata` |
/// | 7 | `ConsumerGroupTargetAssignmentMember` |
/// | 8 | `ConsumerGroupCurrentMemberAssignment` |
/// | 16 | `ConsumerGroupRegularExpression` |
extension ConsumerGroupRecord {
    func encoded(_ group: GroupID) throws(WireError) -> (key: Bytes, value: Bytes?) {
        switch self {
        case .epoch(let epoch):
            let key = ConsumerGroupMetadataKey(groupId: group)
            return (
                try key.encodedRecord(version: 3),
                try epoch.map { epoch throws(WireError) in
                    try ConsumerGroupMetadataValue(epoch: epoch).encodedRecord(version: 0)
                }
            )
        case .topics(let topics):
            let key = ConsumerGroupPartitionMetadataKey(groupId: group)
            return (try key.encodedRecord(version: 4), try topics.map(ConsumerGroupRecord.encode))
        case .member(let id, let member):
            let key = ConsumerGroupMemberMetadataKey(groupId: group, memberId: id)
            return (try key.encodedRecord(version: 5), try member.map(ConsumerGroupRecord.encode))
        case .targetEpoch(let epoch):
            let key = ConsumerGroupTargetAssignmentMetadataKey(groupId: group)
            return (
                try key.encodedRecord(version: 6),
                try epoch.map { epoch throws(WireError) in
                    try ConsumerGroupTargetAssignmentMetadataValue(assignmentEpoch: epoch).encodedRecord(version: 0)
                }
            )
        case .target(let id, let partitions):
            let key = ConsumerGroupTargetAssignmentMemberKey(groupId: group, memberId: id)
            return (try key.encodedRecord(version: 7), try partitions.map(ConsumerGroupRecord.encode))
        case .current(let id, let assignment):
            let key = ConsumerGroupCurrentMemberAssignmentKey(groupId: group, memberId: id)
            return (try key.encodedRecord(version: 8), try assignment.map(ConsumerGroupRecord.encode))
        case .regex(let text, let resolved):
            let key = ConsumerGroupRegularExpressionKey(groupId: group, regularExpression: text)
            return (try key.encodedRecord(version: 16), try resolved.map(ConsumerGroupRecord.encode))
        }
    }

    /// Nil for a kind that is none of a consumer group's.
    static func decode(
        _ kind: Int16,
        _ key: Bytes,
        _ value: Bytes?
    ) throws(WireError) -> (GroupID, ConsumerGroupRecord)? {
        switch kind {
        case 3:
            let epoch = try value.map { value throws(WireError) in
                try ConsumerGroupMetadataValue.decodeRecord(value).epoch
            }
            return (try ConsumerGroupMetadataKey.decodeRecord(key).groupId, .epoch(epoch))
        case 4: return (try ConsumerGroupPartitionMetadataKey.decodeRecord(key).groupId, .topics(try value.map(topics)))
        case 5:
            let key = try ConsumerGroupMemberMetadataKey.decodeRecord(key)
            let id = key.memberId
            return (key.groupId, .member(id, try value.map { value throws(WireError) in try member(id, value) }))
        case 6:
            let epoch = try value.map { value throws(WireError) in
                try ConsumerGroupTargetAssignmentMetadataValue.decodeRecord(value).assignmentEpoch
            }
            return (try ConsumerGroupTargetAssignmentMetadataKey.decodeRecord(key).groupId, .targetEpoch(epoch))
        case 7:
            let key = try ConsumerGroupTargetAssignmentMemberKey.decodeRecord(key)
            return (key.groupId, .target(key.memberId, try value.map(target)))
        case 8:
            let key = try ConsumerGroupCurrentMemberAssignmentKey.decodeRecord(key)
            return (key.groupId, .current(key.memberId, try value.map(current)))
        case 16:
            let key = try ConsumerGroupRegularExpressionKey.decodeRecord(key)
            return (key.groupId, .regex(key.regularExpression, try value.map(resolvedRegex)))
        default: return nil
        }
    }

    // MARK: Values

    private static func encode(_ topics: [GroupTopic]) throws(WireError) -> Bytes {
        var value = ConsumerGroupPartitionMetadataValue()
        value.topics = topics.map {
            .init(topicId: $0.id, topicName: $0.name, numPartitions: Int32(clamping: $0.partitionCount))
        }
        return try value.encodedRecord(version: 0)
    }

    private static func topics(_ bytes: Bytes) throws(WireError) -> [GroupTopic] {
        try ConsumerGroupPartitionMetadataValue.decodeRecord(bytes).topics.map {
            GroupTopic(id: $0.topicId, name: $0.topicName, partitionCount: Int($0.numPartitions))
        }
    }

    private static func encode(_ member: ConsumerGroupMember) throws(WireError) -> Bytes {
        var value = ConsumerGroupMemberMetadataValue()
        value.instanceId = member.instanceID?.rawValue
        value.rackId = member.rackID
        value.clientId = member.clientID
        value.clientHost = member.clientHost
        value.subscribedTopicNames = member.topics
        value.subscribedTopicRegex = member.topicRegex
        value.rebalanceTimeoutMs = member.rebalanceTimeoutMs
        value.serverAssignor = member.assignor
        value.classicMemberMetadata = member.classic.map { classic in
            .init(
                sessionTimeoutMs: classic.sessionTimeout.clampedMilliseconds,
                supportedProtocols: classic.protocols.map { .init(name: $0.name, metadata: $0.metadata) }
            )
        }
        return try value.encodedRecord(version: 0)
    }

    private static func member(_ id: MemberID, _ bytes: Bytes) throws(WireError) -> ConsumerGroupMember {
        let value = try ConsumerGroupMemberMetadataValue.decodeRecord(bytes)
        var member = ConsumerGroupMember(id: id)
        member.instanceID = value.instanceId.map(GroupInstanceID.init(rawValue:))
        member.rackID = value.rackId
        member.clientID = value.clientId
        member.clientHost = value.clientHost
        member.topics = Set(value.subscribedTopicNames).sorted()
        member.topicRegex = value.subscribedTopicRegex.flatMap { $0.isEmpty ? nil : $0 }
        member.rebalanceTimeoutMs = value.rebalanceTimeoutMs
        member.assignor = value.serverAssignor
        member.classic = value.classicMemberMetadata.map { classic in
            ConsumerGroupMember.ClassicMetadata(
                sessionTimeout: .milliseconds(classic.sessionTimeoutMs),
                protocols: classic.supportedProtocols.map {
                    GroupProtocol(name: $0.name, metadata: $0.metadata.copied())
                }
            )
        }
        return member
    }

    private static func encode(_ partitions: PartitionsByTopic) throws(WireError) -> Bytes {
        var value = ConsumerGroupTargetAssignmentMemberValue()
        value.topicPartitions = partitions.sorted.map { .init(topicId: $0.topic, partitions: $0.partitions) }
        return try value.encodedRecord(version: 0)
    }

    private static func target(_ bytes: Bytes) throws(WireError) -> PartitionsByTopic {
        PartitionsByTopic(
            try ConsumerGroupTargetAssignmentMemberValue.decodeRecord(bytes).topicPartitions.map {
                ($0.topicId, $0.partitions)
            }
        )
    }

    private static func encode(_ resolved: ResolvedRegex) throws(WireError) -> Bytes {
        try ConsumerGroupRegularExpressionValue(
            topics: resolved.topics,
            version: resolved.version,
            timestamp: resolved.timestamp
        ).encodedRecord(version: 0)
    }

    private static func resolvedRegex(_ bytes: Bytes) throws(WireError) -> ResolvedRegex {
        let value = try ConsumerGroupRegularExpressionValue.decodeRecord(bytes)
        return ResolvedRegex(
            topics: Set(value.topics).sorted(),
            version: value.version,
            timestamp: value.timestamp
        )
    }

    private static func encode(_ assignment: CurrentAssignment) throws(WireError) -> Bytes {
        var value = ConsumerGroupCurrentMemberAssignmentValue()
        value.memberEpoch = assignment.epoch
        value.previousMemberEpoch = assignment.previousEpoch
        value.state = assignment.state.rawValue
        value.assignedPartitions = assignment.assigned.sorted.map {
            .init(topicId: $0.topic, partitions: $0.partitions)
        }
        value.partitionsPendingRevocation = assignment.revoking.sorted.map {
            .init(topicId: $0.topic, partitions: $0.partitions)
        }
        return try value.encodedRecord(version: 0)
    }

    private static func current(_ bytes: Bytes) throws(WireError) -> CurrentAssignment {
        let value = try ConsumerGroupCurrentMemberAssignmentValue.decodeRecord(bytes)
        return CurrentAssignment(
            epoch: value.memberEpoch,
            previousEpoch: value.previousMemberEpoch,
            state: ConsumerGroupMember.State(rawValue: value.state) ?? .unknown,
            assigned: PartitionsByTopic(value.assignedPartitions.map { ($0.topicId, $0.partitions) }),
            revoking: PartitionsByTopic(value.partitionsPendingRevocation.map { ($0.topicId, $0.partitions) })
        )
    }
}
