import KafkaProtocol

/// IncrementalAlterConfigs (44), versions 0 and 1.
///
/// Sets, deletes, appends to and subtracts from single configs of topics, brokers, groups and client metrics (KIP-339).
/// What changes takes effect at once. Log levels of brokers are not changed by requests.
struct IncrementalAlterConfigsHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(
        _ request: IncrementalAlterConfigsRequest,
        _ context: RequestContext,
        _ reply: Reply<IncrementalAlterConfigsResponse>
    ) {
        let judged = request.resources.map { resource in
            metadata.attempt { () throws(APIFailure) in try alteration(resource) }
        }
        let alterations = judged.compactMap { result -> ConfigAlteration? in
            guard case .success(let alteration) = result else { return nil }
            return alteration
        }
        metadata.alterConfigs(alterations, validateOnly: request.validateOnly) { results in
            var outcomes = results.makeIterator()
            reply.send(
                IncrementalAlterConfigsResponse(
                    responses: zip(request.resources, judged).map { resource, judged in
                        var failure: APIFailure?
                        switch judged {
                        case .failure(let refused): failure = refused
                        case .success: if case .failure(let refused)? = outcomes.next() { failure = refused }
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

    private func alteration(
        _ resource: IncrementalAlterConfigsRequest.AlterConfigsResource
    ) throws(APIFailure) -> ConfigAlteration {
        guard let kind = ConfigResource.Kind(rawValue: resource.resourceType) else {
            throw APIFailure(.invalidRequest, "Unknown resource type \(resource.resourceType)")
        }
        var operations: [(name: String, operation: ConfigAlteration.Operation, value: String?)] = []
        for config in resource.configs {
            guard let operation = ConfigAlteration.Operation(rawValue: config.configOperation) else {
                throw APIFailure(.invalidRequest, "Unknown operation type \(config.configOperation)")
            }
            operations.append((config.name, operation, config.value))
        }
        return ConfigAlteration(
            resource: ConfigResource(kind: kind, name: resource.resourceName),
            operations: operations,
            replacesAll: false
        )
    }
}
