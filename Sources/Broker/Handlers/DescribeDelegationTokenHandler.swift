import KafkaProtocol

/// DescribeDelegationToken (41), versions 1 to 3.
///
/// No listener authenticates yet, and over a plain one Kafka gives no tokens either:
/// DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
struct DescribeDelegationTokenHandler: ImmediateRequestHandler {
    typealias Request = DescribeDelegationTokenRequest

    func response(to request: DescribeDelegationTokenRequest, _ context: RequestContext)
        -> DescribeDelegationTokenResponse
    {
        DescribeDelegationTokenResponse(errorCode: .delegationTokenRequestNotAllowed)
    }
}
