import KafkaProtocol
import Records

extension MetadataImage {
    /// What a kept record is about: a later one takes its place, or takes it away.
    enum KeptKey: Hashable, Sendable, Comparable {
        /// Kinds in the order in which Kafka's snapshots have them.
        case controller(Int32)
        case quota(entity: String, key: String)
        case accessControlEntry(String)
        case credential(user: String, mechanism: Int8)
        case token(String)

        /// Whether a snapshot has it behind the producer ids, and not among the cluster's nodes or the quotas.
        var isSecurity: Bool {
            switch self {
            case .controller, .quota: false
            case .accessControlEntry, .credential, .token: true
            }
        }
    }

    /// Takes in a record of a kind that nothing here acts on, so that a snapshot has it; false for those of other kinds.
    mutating func keep(_ record: AnyMetadataRecord) -> Bool {
        switch record {
        case .registerController(let entry): kept[.controller(entry.controllerId.rawValue)] = record
        case .clientQuota(let entry):
            let entity = entry.entity.map { "\($0.entityType)=\($0.entityName.map { "'\($0)'" } ?? "default")" }
            let key = KeptKey.quota(entity: entity.sorted().joined(separator: ","), key: entry.key)
            kept[key] = entry.remove ? nil : record
        case .accessControlEntry(let entry): kept[.accessControlEntry("\(entry.id)")] = record
        case .removeAccessControlEntry(let entry): kept[.accessControlEntry("\(entry.id)")] = nil
        case .userScramCredential(let entry):
            kept[.credential(user: entry.name, mechanism: entry.mechanism)] = record
        case .removeUserScramCredential(let entry):
            kept[.credential(user: entry.name, mechanism: entry.mechanism)] = nil
        case .delegationToken(let entry): kept[.token(entry.tokenId)] = record
        case .removeDelegationToken(let entry): kept[.token(entry.tokenId)] = nil
        default: return false
        }
        return true
    }
}
