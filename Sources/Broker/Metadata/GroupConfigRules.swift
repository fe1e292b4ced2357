import KafkaProtocol

/// Judges the configs of a group by the table, and by the bounds that the broker sets.
enum GroupConfigRules {
    /// A group's config and the broker's configs that bound it.
    private struct Bounds {
        let name: String
        var least: String?
        var most: String?
    }

    /// In the order in which they are judged.
    private static let bounds: [Bounds] = ["consumer", "share", "streams"].flatMap { kind in
        let own: [Bounds] = ["heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"].map { name in
            Bounds(name: "\(kind).\(name)", least: "group.\(kind).min.\(name)", most: "group.\(kind).max.\(name)")
        }
        switch kind {
        case "share":
            let further = ["record.lock.duration.ms", "delivery.count.limit", "partition.max.record.locks"]
            return own
                + further.map { name in
                    Bounds(name: "share.\(name)", least: "group.share.min.\(name)", most: "group.share.max.\(name)")
                }
        case "streams":
            return own + [Bounds(name: "streams.num.standby.replicas", most: "group.streams.max.standby.replicas")]
        default: return own
        }
    }

    /// Errors: INVALID_CONFIG with Kafka's sentence.
    static func check(_ overrides: [String: String], _ resolver: ConfigResolver) throws(APIFailure) {
        for name in overrides.keys.sorted() where GroupConfigTable.byName[name] == nil {
            throw refusal("Unknown group config name: \(name)")
        }
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            do throws(InvalidConfigValue) {
                _ = try GroupConfigTable.byName[name]?.parse(value)
            } catch { throw refusal(error.description) }
        }
        func value(_ name: String) -> Int64 { resolver.groupInteger(name, overrides: overrides) }
        for bounds in bounds where overrides[bounds.name] != nil {
            if let least = bounds.least, value(bounds.name) < resolver.brokerInteger(least) {
                throw refusal("\(bounds.name) must be greater than or equal to \(least)")
            }
            if let most = bounds.most, value(bounds.name) > resolver.brokerInteger(most) {
                throw refusal("\(bounds.name) must be less than or equal to \(most)")
            }
        }
        for kind in ["consumer", "share", "streams"] {
            let (session, heartbeat) = ("\(kind).session.timeout.ms", "\(kind).heartbeat.interval.ms")
            guard overrides[session] != nil || overrides[heartbeat] != nil else { continue }
            guard value(session) > value(heartbeat) else {
                throw refusal("\(session) must be greater than \(heartbeat)")
            }
        }
    }

    private static func refusal(_ message: String) -> APIFailure { APIFailure(.invalidConfig, message) }
}
