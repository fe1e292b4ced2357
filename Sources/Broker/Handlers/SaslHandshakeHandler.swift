import KafkaProtocol

/// SaslHandshake (17), versions 0 and 1.
///
/// No listener authenticates: ILLEGAL_SASL_STATE, as Kafka answers at a plain one, so that a client that is configured to
/// authenticate learns why it cannot.
struct SaslHandshakeHandler: ImmediateRequestHandler {
    typealias Request = SaslHandshakeRequest

    func response(to request: SaslHandshakeRequest, _ context: RequestContext) -> SaslHandshakeResponse {
        SaslHandshakeResponse(errorCode: .illegalSaslState)
    }
}
