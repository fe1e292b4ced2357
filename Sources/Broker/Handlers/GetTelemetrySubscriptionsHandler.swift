import KafkaProtocol

/// GetTelemetrySubscriptions (71), version 0.
///
/// Gives a client its instance id and tells which metrics are wanted of it, and how often (KIP-714).
struct GetTelemetrySubscriptionsHandler: ImmediateRequestHandler {
    typealias Request = GetTelemetrySubscriptionsRequest

    /// Zstd, lz4, gzip, snappy.
    private static let compressionTypes: [Int8] = [4, 3, 1, 2]
    private let clients: TelemetryClients

    init(_ clients: TelemetryClients) { self.clients = clients }

    func response(
        to request: GetTelemetrySubscriptionsRequest,
        _ context: RequestContext
    ) -> GetTelemetrySubscriptionsResponse {
        let (id, subscription, result) = clients.get(request.clientInstanceId, context)
        switch result {
        case .failure(let failure): return GetTelemetrySubscriptionsResponse(errorCode: failure.code)
        case .success(let subscriptionID):
            return GetTelemetrySubscriptionsResponse(
                clientInstanceId: id,
                subscriptionId: subscriptionID,
                acceptedCompressionTypes: GetTelemetrySubscriptionsHandler.compressionTypes,
                pushIntervalMs: Int32(clamping: subscription.pushIntervalMs),
                telemetryMaxBytes: clients.maxBytes,
                deltaTemporality: true,
                requestedMetrics: subscription.metrics
            )
        }
    }
}
