import KafkaProtocol
import Records

extension AdminClient {
    /// The brokers of the cluster, by id, with one attempt at each bootstrap server: for those who want to hear at
    /// once that nobody is there.
    public func brokers() async throws(KafkaError) -> [BrokerNode] {
        var failure = KafkaError(.invalidConfig, "No bootstrap servers are given.")
        for _ in client.configuration.bootstrapServers {
            do {
                let response = try await client.send(to: .any, retries: false) { _ in MetadataRequest(topics: []) }
                return await client.learn(response.brokers.map(BrokerNode.init)).brokers.values.sorted { $0.id < $1.id }
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Which APIs and features a broker of the cluster speaks. See KIP-511.
    public func apiVersions(of broker: BrokerID) async throws(KafkaError) -> ApiVersionsResponse {
        let response = try await prepared(.broker(broker)) { version -> ApiVersionsRequest in
            var request = ApiVersionsRequest()
            if version >= 3 {
                request.clientSoftwareName = ConnectionHandshake.softwareName
                request.clientSoftwareVersion = ConnectionHandshake.softwareVersion
            }
            return request
        }
        guard response.errorCode == .none else { throw KafkaError(response.errorCode) }
        return response
    }

    /// The names of resources that have configs, of these kinds. Brokers before 4.1 tell of client metrics alone.
    public func listConfigResources(_ kinds: [ConfigResource.Kind]) async throws(KafkaError) -> [ConfigResource] {
        let response = try await client.send(to: .any) { version -> ListConfigResourcesRequest in
            var request = ListConfigResourcesRequest()
            if version >= 1 { request.resourceTypes = kinds.map(\.rawValue) }
            return request
        }
        guard response.errorCode == .none else { throw KafkaError(response.errorCode) }
        return response.configResources.compactMap { resource in
            ConfigResource.Kind(rawValue: resource.resourceType).map { ConfigResource($0, resource.resourceName) }
        }.filter { kinds.contains($0.kind) }
    }
}
