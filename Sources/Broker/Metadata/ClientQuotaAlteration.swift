import KafkaProtocol

/// A wish to set and remove quotas of one entity.
struct ClientQuotaAlteration: Sendable {
    /// As they came: kinds are judged here.
    let entity: [(kind: String, name: String?)]
    /// A value of nil removes the quota.
    let operations: [(key: String, value: Double?)]

    /// The records that make the change; a quota that stays as it is makes none.
    ///
    /// `isHost` says whether a name can be an address: it is one, or resolves to one. Errors: INVALID_REQUEST with
    /// Kafka's sentence; nothing of the alteration happens then.
    func plan(_ image: MetadataImage, isHost: (String) -> Bool) throws(APIFailure) -> [AnyMetadataRecord] {
        let entity = try judgedEntity(isHost)
        let isAddress = entity.names[.ip] != nil
        let current = image.clientQuotas[entity] ?? [:]
        var records: [AnyMetadataRecord] = []
        for (key, value) in operations {
            guard let value else {
                if current[key] != nil { records.append(record(entity, key, 0, removes: true)) }
                continue
            }
            guard let known = ClientQuotaKey(rawValue: key), known.isForAddresses == isAddress else {
                throw refusal("Invalid configuration key \(key)")
            }
            if let complaint = known.complaint(about: value) { throw refusal(complaint) }
            if current[key] != value { records.append(record(entity, key, value, removes: false)) }
        }
        return records
    }

    /// Whether a quota is named twice.
    var hasDuplicateKeys: Bool { Set(operations.map(\.key)).count < operations.count }

    private func judgedEntity(_ isHost: (String) -> Bool) throws(APIFailure) -> ClientQuotaEntity {
        var judged = ClientQuotaEntity()
        for (kind, name) in entity {
            guard let known = ClientQuotaEntity.Kind(rawValue: kind) else {
                throw refusal("Unhandled client quota entity type: \(kind)")
            }
            if name?.isEmpty == true { throw refusal("Empty \(kind) not supported") }
            judged.names[known] = .some(name)
        }
        guard !judged.names.isEmpty else { throw refusal("Invalid empty client quota entity") }
        if let address = judged.names[.ip] {
            guard judged.names.count == 1 else {
                throw refusal(
                    "Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"
                )
            }
            if let address, !isHost(address) { throw refusal("\(address) is not a valid IP or resolvable host.") }
        }
        return judged
    }

    private func record(
        _ entity: ClientQuotaEntity,
        _ key: String,
        _ value: Double,
        removes: Bool
    ) -> AnyMetadataRecord {
        .clientQuota(
            ClientQuotaRecord(
                entity: entity.parts.map { .init(entityType: $0.kind.rawValue, entityName: $0.name) },
                key: key,
                value: value,
                remove: removes
            )
        )
    }

    private func refusal(_ message: String) -> APIFailure { APIFailure(.invalidRequest, message) }
}
