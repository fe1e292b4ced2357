import KafkaProtocol
import Records
import Synchronization

/// As even as possible, then as few moves as possible; what has to move is taken away in one round and given in the
/// next, while everybody goes on with the rest. See KIP-429.
///
/// Subscription user data: generation (int32), for leaders that read no version 2 of the subscription.
public final class CooperativeStickyAssignor: PartitionAssignor {
    public let name = "cooperative-sticky"
    public let supportedProtocols: Set<RebalanceProtocol> = [.cooperative, .eager]
    private let generation = Mutex<Int32>(-1)

    /// An assignor, for one consumer.
    public init() {}

    public func onAssignment(_ assignment: PartitionAssignment, _ group: ConsumerGroupMetadata) {
        generation.withLock { $0 = group.generationID }
    }

    public func subscriptionUserData(_ topics: Set<TopicName>) -> Bytes? {
        var buffer = RawBuffer(capacity: 4)
        buffer.append(int32: generation.withLock { $0 })
        return buffer.bytes()
    }

    public func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) -> [MemberID: PartitionAssignment] {
        assign(AssignablePartitions(metadata, group), group).mapValues { PartitionAssignment($0) }
    }

    func assign(_ assignable: AssignablePartitions, _ group: GroupSubscription) -> [MemberID: [TopicPartition]] {
        let result = StickyAssignment(assignable, group, CooperativeStickyAssignor.previous).result
        var assignment = result.assignment
        let moving = result.moving ?? StickyAssignment.moving(assignment, group)
        // First the owners give them up.
        for (partition, member) in moving { assignment[member]?.removeAll { $0 == partition } }
        return assignment
    }

    /// What a member owned, and in which generation.
    private static func previous(_ subscription: MemberSubscription) -> StickyAssignment.Previous {
        if let generation = subscription.generationID, generation >= 0 {
            return StickyAssignment.Previous(partitions: subscription.ownedPartitions, generation: generation)
        }
        guard let data = subscription.userData else {
            return StickyAssignment.Previous(partitions: subscription.ownedPartitions, generation: nil)
        }
        let generation = data.count < 4 ? -1 : (0..<4).reduce(Int32(0)) { $0 << 8 | Int32(data[$1]) }
        return StickyAssignment.Previous(partitions: subscription.ownedPartitions, generation: generation)
    }
}
