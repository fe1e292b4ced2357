import Coordination
import KafkaProtocol
import Records

/// JoinGroup (11), versions 0 to 9.
///
/// The answer waits until the group has gathered. Version 0 has one timeout for session and rebalance (KIP-62); from
/// version 4 a new dynamic member is given an id and must come back with it (KIP-394); version 5 has static members
/// (KIP-345), 8 a reason (KIP-800), 9 lets a static leader that came back skip the assignment (KIP-814).
struct JoinGroupHandler: RequestHandler {
    let coordinator: GroupCoordinator

    func handle(_ request: JoinGroupRequest, _ context: RequestContext, _ reply: Reply<JoinGroupResponse>) {
        coordinator.join(request.groupId, joinRequest(request, context)) { answer in
            reply.send(JoinGroupHandler.response(answer, context.version))
        }
    }

    private func joinRequest(_ request: JoinGroupRequest, _ context: RequestContext) -> JoinRequest {
        let rebalance = context.version == 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs
        return JoinRequest(
            memberID: request.memberId,
            instanceID: request.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
            clientID: context.clientID,
            clientHost: context.clientHost,
            sessionTimeout: .milliseconds(request.sessionTimeoutMs),
            rebalanceTimeout: .milliseconds(max(rebalance, 0)),
            protocolType: request.protocolType,
            // The group outlives the frame that the metadata arrived in.
            protocols: request.protocols.map { GroupProtocol(name: $0.name, metadata: $0.metadata.copied()) },
            requiresKnownMemberID: context.version >= 4,
            supportsSkippingAssignment: context.version >= 9,
            reason: request.reason
        )
    }

    private static func response(_ answer: JoinReply, _ version: Int16) -> JoinGroupResponse {
        switch answer {
        case .refused(let error, let memberID):
            JoinGroupResponse(errorCode: error.errorCode, protocolName: version >= 7 ? nil : "", memberId: memberID)
        case .joined(let joined):
            JoinGroupResponse(
                generationId: joined.generation,
                protocolType: joined.protocolType,
                protocolName: joined.protocolName ?? (version >= 7 ? nil : ""),
                leader: joined.leader,
                skipAssignment: joined.skipAssignment,
                memberId: joined.memberID,
                members: joined.members.map {
                    JoinGroupResponse.JoinGroupResponseMember(
                        memberId: $0.memberID,
                        groupInstanceId: $0.instanceID?.rawValue,
                        metadata: $0.metadata
                    )
                }
            )
        }
    }
}
