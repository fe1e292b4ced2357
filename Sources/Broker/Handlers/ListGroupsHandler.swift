import Coordination
import KafkaProtocol
import Records

/// ListGroups (16), versions 0 to 5.
///
/// Every group that this broker coordinates; from version 4 filtered by state (KIP-518), from version 5 by type
/// (KIP-848), both whatever their case. While a partition loads, COORDINATOR_LOAD_IN_PROGRESS.
struct ListGroupsHandler: RequestHandler {
    let coordinator: GroupCoordinator

    func handle(_ request: ListGroupsRequest, _ context: RequestContext, _ reply: Reply<ListGroupsResponse>) {
        let partitions = coordinator.partitions
        guard !partitions.isEmpty else { return reply.send(ListGroupsResponse()) }
        let states = Set(request.statesFilter.map { $0.lowercased() })
        let types = Set(request.typesFilter.map { $0.lowercased() })
        let gathering = Gathering<Result<[GroupCoordinatorShard.Listing], GroupError>>(count: partitions.count) {
            parts in
            reply.send(ListGroupsHandler.response(parts, states, types))
        }
        for (index, partition) in partitions.enumerated() {
            partition.submit { (shard, _) throws(GroupError) in
                shard.listed()
            } _: {
                gathering.put($0, at: index)
            }
        }
    }

    private static func response(
        _ parts: [Result<[GroupCoordinatorShard.Listing], GroupError>],
        _ states: Set<String>,
        _ types: Set<String>
    ) -> ListGroupsResponse {
        var groups: [GroupCoordinatorShard.Listing] = []
        for part in parts {
            switch part {
            case .success(let listed): groups += listed
            // It has moved since the question came: its new coordinator lists it.
            case .failure(.notCoordinator): continue
            case .failure(let error): return ListGroupsResponse(errorCode: error.errorCode)
            }
        }
        let wanted = groups.filter { group in
            (states.isEmpty || states.contains(group.state.lowercased()))
                && (types.isEmpty || types.contains(group.typeName.lowercased()))
        }
        return ListGroupsResponse(
            groups: wanted.sorted { $0.id < $1.id }.map {
                ListGroupsResponse.ListedGroup(
                    groupId: $0.id,
                    protocolType: $0.protocolType,
                    groupState: $0.state,
                    groupType: $0.typeName
                )
            }
        )
    }
}
