/// A word of the schema for a single value: what it is on the wire, and the Swift type that says what it means.
///
/// The rule: a value that identifies something (a topic, a partition, a broker, a group, a member, a producer), that
/// places something in a log (an offset, an epoch, a timestamp), or that is an error, has a type of its own. A length of
/// time, a size, a count, an epoch of something else and free text have not.
enum WireWord: String, CaseIterable {
    case bool, int8, int16, uint16, int32, int64, float64, uuid, string, bytes, records
    case topicName, topicId, partition, offset, leaderEpoch, brokerId, producerId, producerEpoch
    case groupId, memberId, transactionalId, errorCode, timestamp

    /// How it travels: the name of the method of reader and writer.
    var wire: WireWord {
        switch self {
        case .topicName, .groupId, .memberId, .transactionalId: .string
        case .topicId: .uuid
        case .partition, .leaderEpoch, .brokerId: .int32
        case .offset, .producerId, .timestamp: .int64
        case .producerEpoch, .errorCode: .int16
        case .bool, .int8, .int16, .uint16, .int32, .int64, .float64, .uuid, .string, .bytes, .records: self
        }
    }

    /// Whether the Swift type wraps the wire's value.
    var isWrapped: Bool { wire != self }

    var swiftType: String {
        switch self {
        case .bool: "Bool"
        case .int8: "Int8"
        case .int16: "Int16"
        case .uint16: "UInt16"
        case .int32: "Int32"
        case .int64: "Int64"
        case .float64: "Double"
        case .uuid: "KafkaUUID"
        case .string: "String"
        case .bytes: "Bytes"
        case .records: "RecordsPayload"
        case .topicName: "TopicName"
        case .topicId: "TopicID"
        case .partition: "PartitionIndex"
        case .offset: "Offset"
        case .leaderEpoch: "LeaderEpoch"
        case .brokerId: "BrokerID"
        case .producerId: "ProducerID"
        case .producerEpoch: "ProducerEpoch"
        case .groupId: "GroupID"
        case .memberId: "MemberID"
        case .transactionalId: "TransactionalID"
        case .errorCode: "ErrorCode"
        case .timestamp: "Timestamp"
        }
    }

    /// Swift for the value that an absent field has, where the schema names none.
    var zero: String {
        switch self {
        case .bool: "false"
        case .uuid: ".zero"
        case .bytes: "Bytes()"
        case .records: "RecordsPayload()"
        case .topicId: ".none"
        case .errorCode: ".none"
        case .string, .topicName, .groupId, .memberId, .transactionalId: "\"\""
        case .int8, .int16, .uint16, .int32, .int64, .float64, .partition, .offset, .leaderEpoch, .brokerId,
            .producerId, .producerEpoch, .timestamp:
            "0"
        }
    }

    /// Whether a field may be null.
    var canBeNull: Bool { hasLength }

    /// Whether a length precedes the value.
    var hasLength: Bool {
        switch wire {
        case .string, .bytes, .records: true
        default: false
        }
    }

    /// The fewest bytes that it takes.
    func minimumSize(flexible: Bool) -> Int {
        switch wire {
        case .bool, .int8: 1
        case .int16, .uint16: 2
        case .int32: 4
        case .int64, .float64: 8
        case .uuid: 16
        case .string: flexible ? 1 : 2
        default: flexible ? 1 : 4
        }
    }
}
