import KafkaProtocol
import Records

/// Deals out all partitions, topic by topic, one to each member in turn that subscribes to the topic.
public struct RoundRobinAssignor: PartitionAssignor {
    public let name = "roundrobin"

    /// An assignor.
    public init() {}

    public func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) -> [MemberID: PartitionAssignment] {
        var assignment = Dictionary(group.members.map { ($0.memberID, PartitionAssignment()) }) { first, _ in first }
        let members = group.inServingOrder
        let topics = members.map { Set($0.subscription.topics) }
        let assignable = AssignablePartitions(metadata, group).topics.sorted { $0.name < $1.name }
        var next = 0
        for topic in assignable {
            for partition in topic.partitions {
                // Some member subscribes: the topic was taken from a subscription.
                while !topics[next].contains(topic.name) { next = (next + 1) % members.count }
                assignment[members[next].memberID]?.partitions.append(partition)
                next = (next + 1) % members.count
            }
        }
        return assignment
    }
}
