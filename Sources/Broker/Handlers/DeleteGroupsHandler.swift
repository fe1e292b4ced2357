import Coordination
import KafkaProtocol
import Records

/// DeleteGroups (42), versions 0 to 2.
///
/// Deletes groups without members, with their offsets, each with an error of its own (KIP-229). A group that is named
/// twice is answered once.
struct DeleteGroupsHandler: RequestHandler {
    typealias GroupResult = DeleteGroupsResponse.DeletableGroupResult

    let coordinator: GroupCoordinator

    func handle(_ request: DeleteGroupsRequest, _ context: RequestContext, _ reply: Reply<DeleteGroupsResponse>) {
        var seen: Set<GroupID> = []
        let groups = request.groupsNames.filter { seen.insert($0).inserted }
        guard !groups.isEmpty else { return reply.send(DeleteGroupsResponse()) }
        let gathering = Gathering<GroupResult>(count: groups.count) { results in
            reply.send(DeleteGroupsResponse(results: results))
        }
        for (index, id) in groups.enumerated() {
            coordinator.submit(to: id) { (shard, _) throws(GroupError) in
                shard.deleteGroup(id)
            } _: { result in
                let error: GroupError? =
                    switch result {
                    case .success(let error): error
                    case .failure(let error): error
                    }
                gathering.put(GroupResult(groupId: id, errorCode: ErrorCode(error)), at: index)
            }
        }
    }
}
