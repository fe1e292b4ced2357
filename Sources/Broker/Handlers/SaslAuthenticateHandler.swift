import KafkaProtocol

/// SaslAuthenticate (36), versions 0 to 2.
///
/// No listener authenticates: ILLEGAL_SASL_STATE, as Kafka answers at a plain one.
struct SaslAuthenticateHandler: ImmediateRequestHandler {
    typealias Request = SaslAuthenticateRequest

    func response(to request: SaslAuthenticateRequest, _ context: RequestContext) -> SaslAuthenticateResponse {
        SaslAuthenticateResponse(
            errorCode: .illegalSaslState,
            errorMessage: "SaslAuthenticate request received after successful authentication"
        )
    }
}
