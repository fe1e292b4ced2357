import Coordination
import KafkaProtocol
import Records

/// SyncGroup (14), versions 0 to 5.
///
/// The answer waits until the leader's request has brought the assignment. Static members from version 3 (KIP-345);
/// version 5 names the protocol and its type, which must be the group's (KIP-559).
struct SyncGroupHandler: RequestHandler {
    let coordinator: GroupCoordinator

    func handle(_ request: SyncGroupRequest, _ context: RequestContext, _ reply: Reply<SyncGroupResponse>) {
        if context.version >= 5, request.protocolType == nil || request.protocolName == nil {
            return reply.send(SyncGroupResponse(errorCode: .inconsistentGroupProtocol))
        }
        coordinator.sync(request.groupId, syncRequest(request)) { answer in
            reply.send(SyncGroupHandler.response(answer))
        }
    }

    private func syncRequest(_ request: SyncGroupRequest) -> SyncRequest {
        var assignments: [MemberID: Bytes] = [:]
        // The group outlives the frame that the assignments arrived in.
        for assigned in request.assignments { assignments[assigned.memberId] = assigned.assignment.copied() }
        return SyncRequest(
            memberID: request.memberId,
            instanceID: request.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
            generation: request.generationId,
            protocolType: request.protocolType,
            protocolName: request.protocolName,
            assignments: assignments
        )
    }

    private static func response(_ answer: SyncReply) -> SyncGroupResponse {
        switch answer {
        case .refused(let error): SyncGroupResponse(errorCode: error.errorCode)
        case .assigned(let protocolType, let protocolName, let assignment):
            SyncGroupResponse(protocolType: protocolType, protocolName: protocolName, assignment: assignment)
        }
    }
}
