import KafkaProtocol
import Records

/// ListConfigResources (74), versions 0 and 1.
///
/// Names the resources that have configs: topics, brokers, groups, client metrics (KIP-1142). Version 0 knew client
/// metrics only.
struct ListConfigResourcesHandler: ImmediateRequestHandler {
    typealias Request = ListConfigResourcesRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(to request: ListConfigResourcesRequest, _ context: RequestContext) -> ListConfigResourcesResponse {
        var kinds: [ConfigResource.Kind] = [.clientMetrics]
        if context.version >= 1 {
            let asked = request.resourceTypes.map { ConfigResource.Kind(rawValue: $0) }
            guard !asked.contains(nil) else { return ListConfigResourcesResponse(errorCode: .unsupportedVersion) }
            kinds = asked.isEmpty ? ConfigResource.Kind.allCases : asked.compactMap { $0 }
        }
        let image = metadata.image
        let resources = kinds.flatMap { kind in names(kind, image).map { (kind, $0) } }
        return ListConfigResourcesResponse(
            configResources: resources.map { .init(resourceName: $1, resourceType: $0.rawValue) }
        )
    }

    private func names(_ kind: ConfigResource.Kind, _ image: MetadataImage) -> [String] {
        switch kind {
        case .topic: image.topics.keys.map(\.rawValue).sorted()
        case .broker, .brokerLogger: image.brokers.keys.sorted().map { String($0.rawValue) }
        case .clientMetrics, .group: image.configs.keys.filter { $0.kind == kind }.map(\.name).sorted()
        }
    }
}
