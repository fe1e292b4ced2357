import KafkaProtocol
import NIOCore

/// AlterClientQuotas (49), versions 0 and 1.
///
/// Sets and removes quotas of users, client ids and addresses (KIP-546).
struct AlterClientQuotasHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(
        _ request: AlterClientQuotasRequest,
        _ context: RequestContext,
        _ reply: Reply<AlterClientQuotasResponse>
    ) {
        let names = request.entries.flatMap(\.entity).filter { $0.entityType == ClientQuotaEntity.Kind.ip.rawValue }
            .compactMap(\.entityName)
        guard !names.isEmpty else { return alter(request, hosts: [], reply) }
        // A name server may take its time, so nobody else waits for it here.
        metadata.environment.diskThreads.run {
            alter(request, hosts: Set(names.filter(AlterClientQuotasHandler.isHost)), reply)
        }
    }

    private func alter(
        _ request: AlterClientQuotasRequest,
        hosts: Set<String>,
        _ reply: Reply<AlterClientQuotasResponse>
    ) {
        let alterations = request.entries.map { entry in
            ClientQuotaAlteration(
                entity: entry.entity.map { ($0.entityType, $0.entityName) },
                operations: entry.ops.map { ($0.key, $0.remove ? nil : $0.value) }
            )
        }
        metadata.alterClientQuotas(alterations, hosts: hosts, validateOnly: request.validateOnly) { results in
            reply.send(
                AlterClientQuotasResponse(
                    entries: zip(request.entries, results).map { entry, result in
                        var failure: APIFailure?
                        if case .failure(let refused) = result { failure = refused }
                        return .init(
                            errorCode: failure?.code ?? .none,
                            errorMessage: failure.map { $0.message ?? $0.code.message },
                            entity: entry.entity.map { .init(entityType: $0.entityType, entityName: $0.entityName) }
                        )
                    }
                )
            )
        }
    }

    /// Whether `name` is an address, or resolves to one.
    private static func isHost(_ name: String) -> Bool {
        do {
            _ = try SocketAddress.makeAddressResolvingHost(name, port: 0)
            return true
        } catch { return false }
    }
}
