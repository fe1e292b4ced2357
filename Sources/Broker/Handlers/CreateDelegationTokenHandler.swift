import KafkaProtocol
import Records

/// CreateDelegationToken (38), versions 1 to 3.
///
/// No listener authenticates yet, and over a plain one Kafka gives no tokens either:
/// DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
struct CreateDelegationTokenHandler: ImmediateRequestHandler {
    typealias Request = CreateDelegationTokenRequest

    func response(to request: CreateDelegationTokenRequest, _ context: RequestContext) -> CreateDelegationTokenResponse
    {
        let requester = context.principal
        let ownerName = request.ownerPrincipalName ?? ""
        return CreateDelegationTokenResponse(
            errorCode: .delegationTokenRequestNotAllowed,
            principalType: ownerName.isEmpty ? requester.type : request.ownerPrincipalType ?? "",
            principalName: ownerName.isEmpty ? requester.name : ownerName,
            tokenRequesterPrincipalType: context.version >= 3 ? requester.type : "",
            tokenRequesterPrincipalName: context.version >= 3 ? requester.name : "",
            issueTimestampMs: -1,
            expiryTimestampMs: -1,
            maxTimestampMs: -1
        )
    }
}
