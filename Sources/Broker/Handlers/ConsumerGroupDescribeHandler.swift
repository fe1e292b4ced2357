import Coordination
import KafkaProtocol
import Records

/// ConsumerGroupDescribe (69), versions 0 and 1.
///
/// State, epochs and members of groups of the consumer protocol, with what each member owns and shall own (KIP-848);
/// version 1 tells which protocol a member speaks. A classic group is GROUP_ID_NOT_FOUND here.
struct ConsumerGroupDescribeHandler: RequestHandler {
    typealias Group = ConsumerGroupDescribeResponse.DescribedGroup

    let coordinator: GroupCoordinator
    let metadata: MetadataController

    func handle(
        _ request: ConsumerGroupDescribeRequest,
        _ context: RequestContext,
        _ reply: Reply<ConsumerGroupDescribeResponse>
    ) {
        guard !request.groupIds.isEmpty else { return reply.send(ConsumerGroupDescribeResponse()) }
        let gathering = Gathering<Group>(count: request.groupIds.count) { groups in
            var groups = groups
            if request.includeAuthorizedOperations {
                for index in groups.indices where groups[index].errorCode == .none {
                    groups[index].authorizedOperations = AuthorizedOperations.group
                }
            }
            reply.send(ConsumerGroupDescribeResponse(groups: groups))
        }
        for (index, id) in request.groupIds.enumerated() {
            coordinator.submit(to: id) { (shard, _) throws(GroupError) in
                shard.describedConsumer(id)
            } _: { result in
                switch result {
                case .success(let group?): gathering.put(describe(group), at: index)
                case .success(nil):
                    gathering.put(
                        Group(
                            errorCode: .groupIdNotFound,
                            errorMessage: "Group \(id) is not a consumer group.",
                            groupId: id
                        ),
                        at: index
                    )
                case .failure(let error): gathering.put(Group(errorCode: error.errorCode, groupId: id), at: index)
                }
            }
        }
    }

    private func describe(_ group: ConsumerGroup) -> Group {
        let image = metadata.image
        return Group(
            groupId: group.id,
            groupState: group.state.rawValue,
            groupEpoch: group.epoch,
            assignmentEpoch: group.targetEpoch,
            assignorName: group.preferredAssignor ?? coordinator.assignors[0].rawValue,
            members: group.orderedMembers.map { member in
                .init(
                    memberId: member.id,
                    instanceId: member.instanceID?.rawValue,
                    rackId: member.rackID,
                    memberEpoch: member.epoch,
                    clientId: member.clientID,
                    clientHost: member.clientHost,
                    subscribedTopicNames: member.topics,
                    subscribedTopicRegex: member.topicRegex,
                    assignment: assignment(member.assigned, image),
                    targetAssignment: assignment(group.targets[member.id] ?? PartitionsByTopic(), image),
                    memberType: member.classic == nil ? 1 : 0
                )
            }
        )
    }

    /// Topics that are gone meanwhile are left out.
    private func assignment(
        _ partitions: PartitionsByTopic,
        _ image: MetadataImage
    ) -> ConsumerGroupDescribeResponse.Assignment {
        .init(
            topicPartitions: partitions.sorted.compactMap { topic, partitions in
                image.topic(topic).map { .init(topicId: topic, topicName: $0.name, partitions: partitions) }
            }
        )
    }
}
