/// What a store's changelog topic has to keep, from which follows how it is configured unless the user says otherwise.
public enum ChangelogKind: Hashable, Sendable {
    /// The latest record of each key: it is compacted.
    case latest
    /// Those of windows that the store keeps, too: it is compacted, and records go that are older than the retention and
    /// `windowstore.changelog.additional.retention.ms`, which is for clocks that differ.
    case windowed(retention: Duration)
    /// Past versions: it is compacted, though nothing younger than the history and a day. See KIP-889.
    case versioned(history: Duration)
}

extension ChangelogKind {
    /// What every changelog topic is created with, whatever the settings of the application say.
    private static let common = ["cleanup.policy": "compact", "message.timestamp.type": "CreateTime"]

    /// How the topic is created. Kafka's rule: what is given for the topic counts more than `general`, which the application
    /// says for all its topics, and that more than what the kind needs; but a retention that is only general does not fit
    /// windows.
    func configuration(
        general: [String: String],
        own: [String: String],
        additionalRetention: Duration
    ) -> [String: String] {
        var defaults = ChangelogKind.common
        var own = own
        switch self {
        case .latest: break
        case .windowed(let retention):
            defaults["cleanup.policy"] = "compact,delete"
            let kept = retention.milliseconds.addingClamped(additionalRetention.milliseconds)
            own.merge(["retention.ms": "\(kept)"]) { given, _ in given }
        case .versioned(let history):
            let lag = history.milliseconds.addingClamped(86_400_000)
            own.merge(["min.compaction.lag.ms": "\(lag)"]) { given, _ in given }
        }
        return defaults.merging(general) { $1 }.merging(own) { $1 }
    }
}
