import KafkaProtocol
import Records

/// RenewDelegationToken (39), versions 1 and 2.
///
/// No listener authenticates yet, and over a plain one Kafka gives no tokens either:
/// DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
struct RenewDelegationTokenHandler: ImmediateRequestHandler {
    typealias Request = RenewDelegationTokenRequest

    func response(to request: RenewDelegationTokenRequest, _ context: RequestContext) -> RenewDelegationTokenResponse {
        RenewDelegationTokenResponse(errorCode: .delegationTokenRequestNotAllowed, expiryTimestampMs: -1)
    }
}
