import KafkaProtocol
import Records

/// DescribeConfigs (32), versions 1 to 4.
///
/// Topics and brokers with the value in effect, where it comes from, and on request every value that it hides
/// (synonyms) and the documentation (KIP-569). A group answers every config that groups have, a client metrics
/// subscription what was set on it. A broker answers for itself and for the cluster's default (empty name).
struct DescribeConfigsHandler: ImmediateRequestHandler {
    typealias Request = DescribeConfigsRequest

    private let metadata: MetadataController
    private let configuration: BrokerConfiguration

    init(metadata: MetadataController, configuration: BrokerConfiguration) {
        self.metadata = metadata
        self.configuration = configuration
    }

    func response(to request: DescribeConfigsRequest, _ context: RequestContext) -> DescribeConfigsResponse {
        let image = metadata.image
        return DescribeConfigsResponse(
            results: request.resources.map { resource in
                do throws(APIFailure) {
                    let wanted = resource.configurationKeys.map(Set.init)
                    let configs = try configs(of: resource, image).filter {
                        wanted?.contains($0.definition.name) ?? true || wanted?.isEmpty == true
                    }
                    return DescribeConfigsResponse.DescribeConfigsResult(
                        resourceType: resource.resourceType,
                        resourceName: resource.resourceName,
                        configs: configs.map { entry($0, request, isBroker: resource.resourceType == 4) }
                    )
                } catch {
                    return DescribeConfigsResponse.DescribeConfigsResult(
                        errorCode: error.code,
                        errorMessage: error.message ?? "",
                        resourceType: resource.resourceType,
                        resourceName: resource.resourceName
                    )
                }
            }
        )
    }

    private func configs(
        of resource: DescribeConfigsRequest.DescribeConfigsResource,
        _ image: MetadataImage
    ) throws(APIFailure) -> [ResolvedConfig] {
        guard let kind = ConfigResource.Kind(rawValue: resource.resourceType) else {
            throw APIFailure(.invalidRequest, "Unexpected resource type \(resource.resourceType)")
        }
        let resolver = ConfigResolver(configuration: configuration, image: image)
        let overrides = image.overrides(of: ConfigResource(kind: kind, name: resource.resourceName))
        switch kind {
        case .topic:
            let name = TopicName(resource.resourceName)
            if let complaint = TopicNameRules.complaint(about: name) {
                throw APIFailure(.invalidTopicException, complaint)
            }
            guard image.topic(name) != nil else { throw APIFailure(.unknownTopicOrPartition) }
            return resolver.topicConfigs(overrides: overrides)
        case .broker where resource.resourceName.isEmpty: return resolver.clusterDefaultConfigs()
        case .broker:
            guard let id = Int32(resource.resourceName) else {
                throw APIFailure(
                    .invalidRequest,
                    "Broker id must be an integer, but it is: \(resource.resourceName)"
                )
            }
            guard id == configuration.nodeID.rawValue else {
                throw APIFailure(
                    .invalidRequest,
                    "Unexpected broker id, expected \(configuration.nodeID) or empty string, but received "
                        + resource.resourceName
                )
            }
            return resolver.brokerConfigs()
        case .brokerLogger:
            throw APIFailure(.invalidRequest, "Log levels of this broker are set where it is started, not by requests")
        case .clientMetrics:
            guard !resource.resourceName.isEmpty else {
                throw APIFailure(.invalidRequest, "Client metrics subscription name must not be empty")
            }
            return overrides.sorted { $0.key < $1.key }.compactMap { name, value in
                ClientMetricsConfigTable.byName[name].map {
                    ResolvedConfig(definition: $0, value: value, source: .clientMetrics, synonyms: [])
                }
            }
        case .group:
            guard !resource.resourceName.isEmpty else {
                throw APIFailure(.invalidRequest, "Group name must not be empty")
            }
            return resolver.groupConfigs(overrides: overrides)
        }
    }

    private func entry(
        _ config: ResolvedConfig,
        _ request: DescribeConfigsRequest,
        isBroker: Bool
    ) -> DescribeConfigsResponse.DescribeConfigsResourceResult {
        let definition = config.definition
        return DescribeConfigsResponse.DescribeConfigsResourceResult(
            name: definition.name,
            value: definition.isSensitive ? nil : config.value,
            readOnly: isBroker && definition.update == .readOnly,
            configSource: config.source.rawValue,
            isSensitive: definition.isSensitive,
            synonyms: request.includeSynonyms
                ? config.synonyms.map { .init(name: $0.name, value: $0.value, source: $0.source.rawValue) } : [],
            configType: definition.type.code,
            documentation: request.includeDocumentation ? definition.documentation : nil
        )
    }
}
