import KafkaProtocol
import Records

/// How far a group has come, in the protocol's word; words that this release does not know are kept.
public struct GroupState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The protocol's word.
    public let rawValue: String
    /// The state of this word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// From brokers before 2.6, which do not tell.
    public static let unknown = GroupState(rawValue: "Unknown")
    /// Members join.
    public static let preparingRebalance = GroupState(rawValue: "PreparingRebalance")
    /// Members wait for their assignment.
    public static let completingRebalance = GroupState(rawValue: "CompletingRebalance")
    /// Every member has its assignment.
    public static let stable = GroupState(rawValue: "Stable")
    /// There is no such group, or not any more.
    public static let dead = GroupState(rawValue: "Dead")
    /// Offsets without members.
    public static let empty = GroupState(rawValue: "Empty")
    /// The coordinator computes an assignment. See KIP-848.
    public static let assigning = GroupState(rawValue: "Assigning")
    /// Members move towards their assignment. See KIP-848.
    public static let reconciling = GroupState(rawValue: "Reconciling")

    public var description: String { rawValue }
}

/// Which protocol a group follows, in the protocol's word; words that this release does not know are kept.
public struct GroupType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The protocol's word.
    public let rawValue: String
    /// The type of this word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// From brokers before 3.8, which do not tell.
    public static let unknown = GroupType(rawValue: "Unknown")
    /// A member leads and assigns.
    public static let classic = GroupType(rawValue: "Classic")
    /// The coordinator assigns. See KIP-848.
    public static let consumer = GroupType(rawValue: "Consumer")
    /// A share group. See KIP-932.
    public static let share = GroupType(rawValue: "Share")
    /// A streams group. See KIP-1071.
    public static let streams = GroupType(rawValue: "Streams")

    /// The type that a broker names, which may write it in small letters; unknown where it names none.
    public init(told name: String) {
        let known: [GroupType] = [.classic, .consumer, .share, .streams]
        let type = known.first { $0.rawValue.lowercased() == name.lowercased() }
        self = type ?? (name.isEmpty ? .unknown : GroupType(rawValue: name))
    }

    public var description: String { rawValue }
}

/// A group and its members.
public struct GroupDescription: Sendable, Hashable {
    /// A member of a group.
    public struct Member: Sendable, Hashable {
        /// The coordinator's name for the member.
        public let id: MemberID
        /// `group.instance.id`, where set.
        public let instanceID: String?
        /// `client.id`.
        public let clientID: String
        /// Where it connects from, as the coordinator saw it.
        public let host: String
        /// What it has, in order.
        public let assignment: [TopicPartition]

        /// A member, as a coordinator tells of it.
        public init(
            id: MemberID,
            instanceID: String?,
            clientID: String,
            host: String,
            assignment: [TopicPartition]
        ) {
            self.id = id
            self.instanceID = instanceID
            self.clientID = clientID
            self.host = host
            self.assignment = assignment
        }
    }

    /// The group's id.
    public let id: GroupID
    /// The protocol that it follows.
    public let type: GroupType
    /// ``GroupState/dead`` where there is no such group.
    public let state: GroupState
    /// `consumer` for groups of consumers; empty where nobody ever joined.
    public let protocolType: String
    /// The assignor; empty where there is none yet.
    public let assignor: String
    /// In the coordinator's order.
    public let members: [Member]
    /// The broker that coordinates it.
    public let coordinator: BrokerNode

    /// A group, as a coordinator tells of it.
    public init(
        id: GroupID,
        type: GroupType,
        state: GroupState,
        protocolType: String,
        assignor: String,
        members: [Member],
        coordinator: BrokerNode
    ) {
        self.id = id
        self.type = type
        self.state = state
        self.protocolType = protocolType
        self.assignor = assignor
        self.members = members
        self.coordinator = coordinator
    }
}

extension GroupDescription {
    init(_ group: ConsumerGroupDescribeResponse.DescribedGroup, coordinator: BrokerNode) {
        self.init(
            id: group.groupId,
            type: .consumer,
            state: GroupState(rawValue: group.groupState),
            protocolType: "consumer",
            assignor: group.assignorName,
            members: group.members.map { member in
                Member(
                    id: member.memberId,
                    instanceID: member.instanceId,
                    clientID: member.clientId,
                    host: member.clientHost,
                    assignment: member.assignment.topicPartitions.flatMap { topic in
                        topic.partitions.map { TopicPartition(topic.topicName, $0) }
                    }.sorted()
                )
            },
            coordinator: coordinator
        )
    }

    /// Errors: assignments of a consumer group that cannot be read.
    init(_ group: DescribeGroupsResponse.DescribedGroup, coordinator: BrokerNode) throws(KafkaError) {
        let isOfConsumers = group.protocolType == "consumer" || group.protocolType.isEmpty
        var members: [Member] = []
        for member in group.members {
            var assignment: [TopicPartition] = []
            if isOfConsumers, !member.memberAssignment.isEmpty {
                do {
                    assignment = try PartitionAssignment(member.memberAssignment).partitions.sorted()
                } catch {
                    let message = "The assignment of member \(member.memberId) of group \(group.groupId) is unreadable."
                    throw KafkaError(.unknownServerError, message, underlying: error)
                }
            }
            members.append(
                Member(
                    id: member.memberId,
                    instanceID: member.groupInstanceId,
                    clientID: member.clientId,
                    host: member.clientHost,
                    assignment: assignment
                )
            )
        }
        self.init(
            id: group.groupId,
            type: .classic,
            state: GroupState(rawValue: group.groupState),
            protocolType: group.protocolType,
            assignor: group.protocolData,
            members: members,
            coordinator: coordinator
        )
    }

    /// What is told of a group that nobody knows.
    init(unknown id: GroupID, coordinator: BrokerNode) {
        self.init(
            id: id,
            type: .unknown,
            state: .dead,
            protocolType: "",
            assignor: "",
            members: [],
            coordinator: coordinator
        )
    }
}
