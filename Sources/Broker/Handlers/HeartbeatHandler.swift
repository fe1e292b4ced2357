import Coordination
import KafkaProtocol
import Records

/// Heartbeat (12), versions 0 to 4.
///
/// Keeps a member's session, and tells it when to rejoin (REBALANCE_IN_PROGRESS). While the coordinator loads its
/// groups the member is told that all is well: sessions begin anew when they are loaded. Static members from version
/// 3 (KIP-345).
struct HeartbeatHandler: RequestHandler {
    let coordinator: GroupCoordinator

    func handle(_ request: HeartbeatRequest, _ context: RequestContext, _ reply: Reply<HeartbeatResponse>) {
        coordinator.submit(to: request.groupId) { (shard, moment) throws(GroupError) in
            try shard.heartbeat(
                request.groupId,
                memberID: request.memberId,
                instanceID: request.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
                generation: request.generationId,
                at: moment
            )
        } _: { result in
            switch result {
            case .success, .failure(.coordinatorLoadInProgress): reply.send(HeartbeatResponse())
            case .failure(let error): reply.send(HeartbeatResponse(errorCode: error.errorCode))
            }
        }
    }
}
