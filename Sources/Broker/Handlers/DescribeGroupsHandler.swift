import Coordination
import KafkaProtocol
import Records

/// DescribeGroups (15), versions 0 to 6.
///
/// State, protocol and members of groups; metadata and assignment of the members of a stable group. A group that is
/// not there is `Dead`; from version 6 also GROUP_ID_NOT_FOUND (KIP-1043). Authorized operations (version 3,
/// KIP-430) are all that there are. Static members from version 4 (KIP-345).
struct DescribeGroupsHandler: RequestHandler {
    typealias Group = DescribeGroupsResponse.DescribedGroup

    let coordinator: GroupCoordinator

    func handle(_ request: DescribeGroupsRequest, _ context: RequestContext, _ reply: Reply<DescribeGroupsResponse>) {
        guard !request.groups.isEmpty else { return reply.send(DescribeGroupsResponse()) }
        let gathering = Gathering<Group>(count: request.groups.count) { groups in
            var groups = groups
            if request.includeAuthorizedOperations {
                for index in groups.indices where groups[index].errorCode == .none {
                    groups[index].authorizedOperations = AuthorizedOperations.group
                }
            }
            reply.send(DescribeGroupsResponse(groups: groups))
        }
        for (index, id) in request.groups.enumerated() {
            coordinator.submit(to: id) { (shard, _) throws(GroupError) in
                shard.described(id)
            } _: { result in
                switch result {
                case .success(let group):
                    gathering.put(DescribeGroupsHandler.describe(id, group, context.version), at: index)
                case .failure(let error): gathering.put(Group(errorCode: error.errorCode, groupId: id), at: index)
                }
            }
        }
    }

    private static func describe(_ id: GroupID, _ group: ClassicGroup?, _ version: Int16) -> Group {
        guard let group else {
            let isError = version >= 6
            return Group(
                errorCode: isError ? .groupIdNotFound : .none,
                errorMessage: isError ? "Group \(id) not found." : nil,
                groupId: id,
                groupState: "Dead"
            )
        }
        let protocolName = group.describedProtocolName
        return Group(
            groupId: id,
            groupState: group.state.name,
            protocolType: group.protocolType ?? "",
            protocolData: protocolName ?? "",
            members: group.orderedMembers.map { describe($0, protocolName) }
        )
    }

    private static func describe(
        _ member: ClassicGroupMember,
        _ protocolName: String?
    ) -> DescribeGroupsResponse.DescribedGroupMember {
        DescribeGroupsResponse.DescribedGroupMember(
            memberId: member.id,
            groupInstanceId: member.instanceID?.rawValue,
            clientId: member.clientID,
            clientHost: member.clientHost,
            memberMetadata: member.metadata(for: protocolName) ?? Bytes(),
            memberAssignment: member.assignment
        )
    }
}
