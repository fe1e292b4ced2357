import KafkaProtocol
import Records

/// Manages topics, configs and groups: each call is one request, retried until `default.api.timeout.ms`; errors of
/// single items come back with the item.
///
/// ```swift
/// let admin = AdminClient(client)
/// let results = try await admin.createTopics([NewTopic("orders", partitions: 3)])
/// try results["orders"]?.get()
/// ```
public struct AdminClient: Sendable {
    /// The connections that it uses.
    public let client: KafkaClient

    /// An admin client that shares the connections of `client`.
    public init(_ client: KafkaClient) { self.client = client }

    var timeoutMs: Int32 { Int32(clamping: Int64(client.configuration.requestTimeout / .milliseconds(1))) }

    /// Sends a request that brokers forward to the controller. `NOT_CONTROLLER`, which brokers before 3.x answer when
    /// asked in the controller's place, sends it to the controller.
    func controlled<R: KafkaRequest>(
        _ request: R,
        isMisdirected: (R.Response) -> Bool
    ) async throws(KafkaError) -> R.Response {
        let response = try await client.send(request)
        guard isMisdirected(response) else { return response }
        client.refreshMetadata()
        let cluster = try await client.send(MetadataRequest(topics: []))
        return try await client.send(request, to: .broker(cluster.controllerId))
    }

    static func result(_ code: ErrorCode, _ message: String?) -> Result<Void, KafkaError> {
        code == .none ? .success(()) : .failure(KafkaError(code, message))
    }
}
