import KafkaProtocol
import Records

/// ExpireDelegationToken (40), versions 1 and 2.
///
/// No listener authenticates yet, and over a plain one Kafka gives no tokens either:
/// DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
struct ExpireDelegationTokenHandler: ImmediateRequestHandler {
    typealias Request = ExpireDelegationTokenRequest

    func response(to request: ExpireDelegationTokenRequest, _ context: RequestContext) -> ExpireDelegationTokenResponse
    {
        ExpireDelegationTokenResponse(errorCode: .delegationTokenRequestNotAllowed, expiryTimestampMs: -1)
    }
}
