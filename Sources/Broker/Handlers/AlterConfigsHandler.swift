import KafkaProtocol

/// AlterConfigs (33), versions 0 to 2.
///
/// Replaces all configs of a resource: those that are not named go back to their defaults. Kept for old clients;
/// IncrementalAlterConfigs does not have that danger.
struct AlterConfigsHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(_ request: AlterConfigsRequest, _ context: RequestContext, _ reply: Reply<AlterConfigsResponse>) {
        let known = request.resources.filter { ConfigResource.Kind(rawValue: $0.resourceType) != nil }
        let alterations = known.compactMap { resource in
            ConfigResource.Kind(rawValue: resource.resourceType).map { kind in
                ConfigAlteration(
                    resource: ConfigResource(kind: kind, name: resource.resourceName),
                    operations: resource.configs.map { ($0.name, .set, $0.value) },
                    replacesAll: true
                )
            }
        }
        metadata.alterConfigs(alterations, validateOnly: request.validateOnly) { results in
            var outcomes = results.makeIterator()
            reply.send(
                AlterConfigsResponse(
                    responses: request.resources.map { resource in
                        var failure: APIFailure?
                        if ConfigResource.Kind(rawValue: resource.resourceType) == nil {
                            failure = APIFailure(.invalidRequest, "Unknown resource type \(resource.resourceType)")
                        } else if case .failure(let refused)? = outcomes.next() {
                            failure = refused
                        }
                        return .init(
                            errorCode: failure?.code ?? .none,
                            errorMessage: failure.map { $0.message ?? $0.code.message },
                            resourceType: resource.resourceType,
                            resourceName: resource.resourceName
                        )
                    }
                )
            )
        }
    }
}
