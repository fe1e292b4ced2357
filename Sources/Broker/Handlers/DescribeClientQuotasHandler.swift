import KafkaProtocol

/// DescribeClientQuotas (48), versions 0 and 1.
///
/// Lists the quotas of the entities that a filter means: exact names, defaults, or any name of a kind; strict filters
/// leave out entities with further names (KIP-546).
struct DescribeClientQuotasHandler: ImmediateRequestHandler {
    typealias Request = DescribeClientQuotasRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(to request: DescribeClientQuotasRequest, _ context: RequestContext) -> DescribeClientQuotasResponse {
        do throws(APIFailure) {
            let filter = try ClientQuotaFilter(request)
            let found = metadata.image.clientQuotas.filter { filter.includes($0.key) }
            let entries = found.map { entity, quotas in
                DescribeClientQuotasResponse.EntryData(
                    entity: entity.parts.map { .init(entityType: $0.kind.rawValue, entityName: $0.name) },
                    values: quotas.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }
                )
            }
            return DescribeClientQuotasResponse(entries: entries.sorted { sortKey($0) < sortKey($1) })
        } catch {
            return DescribeClientQuotasResponse(errorCode: error.code, errorMessage: error.message, entries: nil)
        }
    }

    /// Answers come in the same order each time; Kafka's come in that of its hash table.
    private func sortKey(_ entry: DescribeClientQuotasResponse.EntryData) -> String {
        entry.entity.map { "\($0.entityType)\u{0}\($0.entityName.map { "\u{1}\($0)" } ?? "")" }.joined(
            separator: "\u{0}"
        )
    }
}
