import KafkaProtocol

/// PushTelemetry (72), version 0.
///
/// Takes a client's metrics, if they come in time, for the subscription that it was given, in a known codec and not too
/// large (KIP-714), and drops them: there is no receiver for them.
struct PushTelemetryHandler: ImmediateRequestHandler {
    typealias Request = PushTelemetryRequest

    private let clients: TelemetryClients

    init(_ clients: TelemetryClients) { self.clients = clients }

    func response(to request: PushTelemetryRequest, _ context: RequestContext) -> PushTelemetryResponse {
        do throws(APIFailure) {
            try clients.push(request, context)
            return PushTelemetryResponse()
        } catch { return PushTelemetryResponse(errorCode: error.code) }
    }
}
