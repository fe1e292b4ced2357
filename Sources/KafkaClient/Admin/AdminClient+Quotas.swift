import KafkaProtocol
import Records

/// Whom a quota is for: a user, a client id, both, or an address. See KIP-546.
public struct QuotaEntity: Sendable, Hashable {
    /// A side of an entity, by the protocol's word.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A user, by name.
        case user
        /// A client, by its `client.id`.
        case clientID = "client-id"
        /// An address, for limits on new connections.
        case ip
    }

    /// The names by kind; nil stands for the default of the kind.
    public var names: [Kind: String?]

    /// The entity of these names.
    public init(_ names: [Kind: String?]) { self.names = names }
}

/// What a side of an entity has to be, to be described.
public enum QuotaMatch: Sendable, Hashable {
    /// This name.
    case exactly(String)
    /// The default of the kind.
    case byDefault
    /// Any name, or the default.
    case any
}

/// A change of one quota.
public struct QuotaChange: Sendable, Hashable {
    /// The quota's name, for example `producer_byte_rate`.
    public var key: String
    /// Nil removes it. Units are those of the quota: bytes a second, percent, connections a second.
    public var value: Double?

    /// A change of the quota `key`.
    public init(_ key: String, _ value: Double?) {
        self.key = key
        self.value = value
    }
}

extension AdminClient {
    /// The quotas of entities that match; with `strict` only of those that have no other sides. See KIP-546.
    public func describeClientQuotas(
        _ matches: [QuotaEntity.Kind: QuotaMatch],
        strict: Bool = true
    ) async throws(KafkaError) -> [QuotaEntity: [String: Double]] {
        var request = DescribeClientQuotasRequest()
        request.strict = strict
        request.components = matches.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, match in
            var component = DescribeClientQuotasRequest.ComponentData()
            component.entityType = kind.rawValue
            switch match {
            case .exactly(let name): (component.matchType, component.match) = (0, name)
            case .byDefault: (component.matchType, component.match) = (1, nil)
            case .any: (component.matchType, component.match) = (2, nil)
            }
            return component
        }
        let response = try await client.send(request)
        guard response.errorCode == .none else { throw KafkaError(response.errorCode, response.errorMessage) }
        var quotas: [QuotaEntity: [String: Double]] = [:]
        for entry in response.entries ?? [] {
            var names: [QuotaEntity.Kind: String?] = [:]
            for side in entry.entity {
                guard let kind = QuotaEntity.Kind(rawValue: side.entityType) else { continue }
                names[kind] = .some(side.entityName)
            }
            quotas[QuotaEntity(names)] = Dictionary(entry.values.map { ($0.key, $0.value) }) { $1 }
        }
        return quotas
    }

    /// Sets and removes quotas of an entity. See KIP-546.
    public func alterClientQuotas(
        _ entity: QuotaEntity,
        _ changes: [QuotaChange],
        validateOnly: Bool = false
    ) async throws(KafkaError) {
        var entry = AlterClientQuotasRequest.EntryData()
        entry.entity = entity.names.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, name in
            var side = AlterClientQuotasRequest.EntityData()
            side.entityType = kind.rawValue
            side.entityName = name
            return side
        }
        entry.ops = changes.map { change in
            var operation = AlterClientQuotasRequest.OpData()
            operation.key = change.key
            operation.value = change.value ?? 0
            operation.remove = change.value == nil
            return operation
        }
        var request = AlterClientQuotasRequest()
        request.validateOnly = validateOnly
        request.entries = [entry]
        let response = try await client.send(request)
        for entry in response.entries where entry.errorCode != .none {
            throw KafkaError(entry.errorCode, entry.errorMessage)
        }
    }
}
