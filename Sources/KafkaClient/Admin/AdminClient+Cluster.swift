import KafkaProtocol
import Records

/// The cluster: who belongs to it, and who controls it.
public struct ClusterDescription: Sendable, Hashable {
    /// The cluster's id; nil from brokers before 0.10.1.
    public let clusterID: String?
    /// `BrokerID/none` while there is none.
    public let controllerID: BrokerID
    /// By id.
    public let brokers: [BrokerNode]
}

/// Something that has configs; the raw value is the protocol's resource type.
public struct ConfigResource: Sendable, Hashable {
    /// What kind of thing it is.
    public enum Kind: Int8, Sendable, Hashable {
        /// A topic, by its name.
        case topic = 2
        /// A broker, by its id; the empty name stands for the default of all.
        case broker = 4
        /// The log levels of a broker, by its id.
        case brokerLogger = 8
        /// A subscription to clients' metrics, by its name. See KIP-714.
        case clientMetrics = 16
        /// A group, by its id.
        case group = 32
    }

    /// What kind of thing it is.
    public var kind: Kind
    /// A topic's name, a broker's id, a group's id.
    public var name: String

    /// The resource of this kind and name.
    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A change of one config; the raw value is the protocol's operation.
public struct ConfigChange: Sendable, Hashable {
    /// What happens to the config.
    public enum Operation: Int8, Sendable, Hashable {
        /// A new value.
        case set = 0
        /// Back to the default.
        case delete = 1
        /// Adds to a list.
        case append = 2
        /// Takes from a list.
        case subtract = 3
    }

    /// The dotted name.
    public var name: String
    /// What happens to it.
    public var operation: Operation
    /// The value; nil where the operation takes none.
    public var value: String?

    /// A change of the config `name`.
    public init(_ name: String, _ operation: Operation = .set, _ value: String? = nil) {
        self.name = name
        self.operation = operation
        self.value = value
    }
}

extension AdminClient {
    /// The cluster's id, controller and brokers. Brokers before 2.8 are asked by Metadata.
    public func describeCluster() async throws(KafkaError) -> ClusterDescription {
        let response: DescribeClusterResponse
        do {
            response = try await client.send(DescribeClusterRequest())
        } catch  where error.code == .unsupportedVersion {
            let metadata = try await client.send(MetadataRequest(topics: []))
            return ClusterDescription(
                clusterID: metadata.clusterId,
                controllerID: metadata.controllerId,
                brokers: metadata.brokers.map(BrokerNode.init).sorted { $0.id < $1.id }
            )
        }
        guard response.errorCode == .none else { throw KafkaError(response.errorCode, response.errorMessage) }
        return ClusterDescription(
            clusterID: response.clusterId,
            controllerID: response.controllerId,
            brokers: response.brokers.map {
                BrokerNode(id: $0.brokerId, host: $0.host, port: Int($0.port), rack: $0.rack)
            }.sorted { $0.id < $1.id }
        )
    }

    /// The configs of resources, all or those of these names. A broker is asked for its own.
    public func describeConfigs(
        _ resources: [ConfigResource],
        names: [String]? = nil,
        includeSynonyms: Bool = false,
        includeDocumentation: Bool = false
    ) async throws(KafkaError) -> [ConfigResource: Result<
        [DescribeConfigsResponse.DescribeConfigsResourceResult], KafkaError
    >] {
        var results: [ConfigResource: Result<[DescribeConfigsResponse.DescribeConfigsResourceResult], KafkaError>] = [:]
        for (destination, group) in AdminClient.byDestination(resources) {
            var request = DescribeConfigsRequest()
            request.includeSynonyms = includeSynonyms
            request.resources = group.map { resource in
                var wire = DescribeConfigsRequest.DescribeConfigsResource()
                wire.resourceType = resource.kind.rawValue
                wire.resourceName = resource.name
                wire.configurationKeys = names
                return wire
            }
            let plain = request
            let response = try await prepared(destination) { version -> DescribeConfigsRequest in
                var request = plain
                if version >= 3 { request.includeDocumentation = includeDocumentation }
                return request
            }
            for result in response.results {
                guard let kind = ConfigResource.Kind(rawValue: result.resourceType) else { continue }
                results[ConfigResource(kind, result.resourceName)] =
                    result.errorCode == .none
                    ? .success(result.configs) : .failure(KafkaError(result.errorCode, result.errorMessage))
            }
        }
        return results
    }

    /// Changes single configs of resources.
    public func incrementalAlterConfigs(
        _ changes: [ConfigResource: [ConfigChange]],
        validateOnly: Bool = false
    ) async throws(KafkaError) -> [ConfigResource: Result<Void, KafkaError>] {
        var results: [ConfigResource: Result<Void, KafkaError>] = [:]
        let resources = changes.keys.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        for (destination, group) in AdminClient.byDestination(resources) {
            var request = IncrementalAlterConfigsRequest()
            request.validateOnly = validateOnly
            request.resources = group.map { resource in
                var wire = IncrementalAlterConfigsRequest.AlterConfigsResource()
                wire.resourceType = resource.kind.rawValue
                wire.resourceName = resource.name
                wire.configs = (changes[resource] ?? []).map { change in
                    var config = IncrementalAlterConfigsRequest.AlterableConfig()
                    config.name = change.name
                    config.configOperation = change.operation.rawValue
                    config.value = change.value
                    return config
                }
                return wire
            }
            let ready = request
            let response = try await prepared(destination) { _ in ready }
            for result in response.responses {
                guard let kind = ConfigResource.Kind(rawValue: result.resourceType) else { continue }
                results[ConfigResource(kind, result.resourceName)] =
                    AdminClient.result(result.errorCode, result.errorMessage)
            }
        }
        return results
    }

    /// Brokers answer for their own configs; any broker answers for the rest.
    private static func byDestination(_ resources: [ConfigResource]) -> [(RequestDestination, [ConfigResource])] {
        var groups: [(RequestDestination, [ConfigResource])] = []
        for resource in resources {
            var destination = RequestDestination.any
            if resource.kind == .broker || resource.kind == .brokerLogger, let id = Int32(resource.name) {
                destination = .broker(BrokerID(id))
            }
            if let place = groups.firstIndex(where: { $0.0 == destination }) {
                groups[place].1.append(resource)
            } else {
                groups.append((destination, [resource]))
            }
        }
        return groups
    }

    /// Sends to `destination`; where it is a broker, it is looked up first. Errors: a broker that the cluster does
    /// not have.
    func prepared<R: KafkaRequest>(
        _ destination: RequestDestination,
        _ make: @escaping @Sendable (Int16) -> R
    ) async throws(KafkaError) -> R.Response {
        if case .broker(let id) = destination, client.cachedMetadata.brokers[id] == nil {
            let brokers = try await client.refreshedMetadata().brokers
            guard brokers[id] != nil else {
                let ids = brokers.keys.sorted().map(\.description).joined(separator: ", ")
                throw KafkaError(.brokerNotAvailable, "Broker \(id) is not in the cluster, whose brokers are \(ids).")
            }
        }
        return try await client.send(to: destination, make)
    }
}
