import KafkaProtocol

/// Which entities a question about quotas means.
struct ClientQuotaFilter: Sendable {
    /// What an entity's name of one kind must be.
    private enum Match: Sendable {
        case exactly(String)
        /// The default of the kind.
        case ofDefault
        case any
    }

    private let matches: [ClientQuotaEntity.Kind: Match]
    /// Whether an entity may have names of no other kinds.
    private let isStrict: Bool

    /// Errors: INVALID_REQUEST, or UNSUPPORTED_VERSION for an unknown kind, with Kafka's sentence.
    init(_ request: DescribeClientQuotasRequest) throws(APIFailure) {
        var matches: [ClientQuotaEntity.Kind: Match] = [:]
        for component in request.components {
            let name = component.entityType
            guard !name.isEmpty else { throw APIFailure(.invalidRequest, "Invalid empty entity type.") }
            guard let kind = ClientQuotaEntity.Kind(rawValue: name) else {
                throw APIFailure(.unsupportedVersion, "Unsupported entity type \(name)")
            }
            guard matches[kind] == nil else {
                throw APIFailure(
                    .invalidRequest,
                    "Entity type \(name) cannot appear more than once in the filter."
                )
            }
            matches[kind] = try ClientQuotaFilter.match(component)
        }
        guard matches[.ip] == nil || matches.count == 1 else {
            throw APIFailure(
                .invalidRequest,
                "Invalid entity filter component combination. IP filter component should not be used with "
                    + "user or clientId filter component."
            )
        }
        self.matches = matches
        isStrict = request.strict
    }

    func includes(_ entity: ClientQuotaEntity) -> Bool {
        if isStrict, entity.names.count != matches.count { return false }
        return matches.allSatisfy { kind, match in
            guard let name = entity.names[kind] else { return false }
            return switch match {
            case .exactly(let wanted): name == wanted
            case .ofDefault: name == nil
            case .any: true
            }
        }
    }

    private static func match(_ component: DescribeClientQuotasRequest.ComponentData) throws(APIFailure) -> Match {
        switch component.matchType {
        case 0:
            guard let name = component.match else {
                throw APIFailure(
                    .invalidRequest,
                    "Request specified MATCH_TYPE_EXACT, but set match string to null."
                )
            }
            return .exactly(name)
        case 1:
            try refuseName(component, "MATCH_TYPE_DEFAULT")
            return .ofDefault
        case 2:
            try refuseName(component, "MATCH_TYPE_SPECIFIED")
            return .any
        default: throw APIFailure(.invalidRequest, "Unknown match type \(component.matchType)")
        }
    }

    private static func refuseName(
        _ component: DescribeClientQuotasRequest.ComponentData,
        _ type: String
    ) throws(APIFailure) {
        guard component.match == nil else {
            throw APIFailure(.invalidRequest, "Request specified \(type), but also specified a match string.")
        }
    }
}
