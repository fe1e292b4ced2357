import Coordination
import KafkaProtocol
import Records

/// LeaveGroup (13), versions 0 to 5.
///
/// One member leaves up to version 2; from version 3 many, also static ones by their instance id alone, each with an
/// error of its own (KIP-345); version 5 has reasons (KIP-800).
struct LeaveGroupHandler: RequestHandler {
    let coordinator: GroupCoordinator

    func handle(_ request: LeaveGroupRequest, _ context: RequestContext, _ reply: Reply<LeaveGroupResponse>) {
        let leaving =
            context.version < 3
            ? [LeavingMember(memberID: request.memberId)]
            : request.members.map {
                LeavingMember(
                    memberID: $0.memberId,
                    instanceID: $0.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
                    reason: $0.reason
                )
            }
        coordinator.submit(to: request.groupId) { (shard, moment) throws(GroupError) in
            try shard.leave(request.groupId, leaving, at: moment)
        } _: { result in
            switch result {
            case .failure(let error): reply.send(LeaveGroupResponse(errorCode: error.errorCode))
            case .success(let errors): reply.send(LeaveGroupHandler.response(leaving, errors, context.version))
            }
        }
    }

    private static func response(
        _ leaving: [LeavingMember],
        _ errors: [GroupError?],
        _ version: Int16
    ) -> LeaveGroupResponse {
        guard version >= 3 else { return LeaveGroupResponse(errorCode: ErrorCode(errors.first ?? nil)) }
        return LeaveGroupResponse(
            members: zip(leaving, errors).map { member, error in
                LeaveGroupResponse.MemberResponse(
                    memberId: member.memberID,
                    groupInstanceId: member.instanceID?.rawValue,
                    errorCode: ErrorCode(error)
                )
            }
        )
    }
}
