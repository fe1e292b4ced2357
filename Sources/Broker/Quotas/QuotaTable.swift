/// Finds the quota that holds for a user and a client id. Built from the metadata image.
struct QuotaTable: Sendable {
    /// Whose use counts together: all clients of a user, a client id whoever uses it, or a client id of a user.
    struct Holder: Hashable, Sendable {
        let user: String?
        let clientID: String?
    }

    private let quotas: [ClientQuotaEntity: [String: Double]]

    init(_ quotas: [ClientQuotaEntity: [String: Double]] = [:]) {
        self.quotas = quotas
    }

    /// Whether there is any quota that requests are held to.
    var isEmpty: Bool {
        !quotas.values.contains { values in
            values.keys.contains { ClientQuotaKey(rawValue: $0)?.isForAddresses == false }
        }
    }

    /// The limit, and whose use it limits; nil where there is none. The most exact entity wins, users before client ids;
    /// the order is that of Kafka's documentation.
    func limit(_ key: ClientQuotaKey, user: String, clientID: String) -> (limit: Double, holder: Holder)? {
        let (ofUser, ofDefaultUser): (String??, String??) = (.some(user), .some(nil))
        let (ofClient, ofDefaultClient): (String??, String??) = (.some(clientID), .some(nil))
        let both = Holder(user: user, clientID: clientID)
        let (userAlone, clientAlone) = (Holder(user: user, clientID: nil), Holder(user: nil, clientID: clientID))
        let candidates: [(user: String??, client: String??, holder: Holder)] = [
            (ofUser, ofClient, both), (ofUser, ofDefaultClient, both), (ofUser, nil, userAlone),
            (ofDefaultUser, ofClient, both), (ofDefaultUser, ofDefaultClient, both), (ofDefaultUser, nil, userAlone),
            (nil, ofClient, clientAlone), (nil, ofDefaultClient, clientAlone),
        ]
        for (user, client, holder) in candidates {
            var entity = ClientQuotaEntity()
            if let user { entity.names[.user] = user }
            if let client { entity.names[.clientID] = client }
            if let limit = quotas[entity]?[key.rawValue] { return (limit, holder) }
        }
        return nil
    }
}
