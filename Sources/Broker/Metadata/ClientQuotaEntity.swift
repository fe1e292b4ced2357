/// Whom a quota is for: a user, a client id, both together, or an address. See KIP-13, KIP-257 and KIP-612.
struct ClientQuotaEntity: Hashable, Sendable {
    /// The kinds of names; the raw values are Kafka's, in the order in which its answers name them.
    enum Kind: String, Sendable, CaseIterable {
        case ip
        case clientID = "client-id"
        case user
    }

    /// The names by kind; nil stands for the default of all names that have no quota of their own.
    var names: [Kind: String?] = [:]

    /// The names in the order of their kinds.
    var parts: [(kind: Kind, name: String?)] {
        Kind.allCases.compactMap { kind in names[kind].map { (kind, $0) } }
    }
}

/// The limits that can be set, and for whom.
enum ClientQuotaKey: String, Sendable, CaseIterable {
    case producerByteRate = "producer_byte_rate"
    case consumerByteRate = "consumer_byte_rate"
    case requestPercentage = "request_percentage"
    case controllerMutationRate = "controller_mutation_rate"
    case connectionCreationRate = "connection_creation_rate"

    /// Whether it limits addresses, not users and clients.
    var isForAddresses: Bool { self == .connectionCreationRate }

    /// Why `value` is no value for it, as Kafka says it; nil where it is one.
    func complaint(about value: Double) -> String? {
        if value <= 0 { return "Quota \(rawValue) must be greater than 0" }
        let (largest, type): (Double, String)
        switch self {
        case .requestPercentage, .controllerMutationRate: return nil
        case .producerByteRate, .consumerByteRate: (largest, type) = (Double(Int64.max), "a LONG")
        case .connectionCreationRate: (largest, type) = (Double(Int32.max), "an INT")
        }
        if value > largest { return "Proposed value for \(rawValue) is too large for \(type)." }
        let fraction = value.truncatingRemainder(dividingBy: 1).magnitude
        return fraction > 1e-6 ? "\(rawValue) cannot be a fractional value." : nil
    }
}
