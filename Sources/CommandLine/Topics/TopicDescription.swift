import KafkaClient
import KafkaProtocol
import Records

/// A topic as `--describe` shows it.
struct TopicDescription: Sendable, Hashable {
    /// What a description is narrowed down to; everything where it is empty.
    struct Report: OptionSet, Sendable, Hashable {
        let rawValue: Int

        static let underReplicated = Report(rawValue: 1)
        static let unavailable = Report(rawValue: 2)
        static let underMinInSync = Report(rawValue: 4)
        static let atMinInSync = Report(rawValue: 8)
        /// Topics with configs of their own, without their partitions.
        static let overrides = Report(rawValue: 16)
        static let partitionReports: Report = [.underReplicated, .unavailable, .underMinInSync, .atMinInSync]
    }

    /// A config that differs from the default, or does not.
    struct Config: Sendable, Hashable {
        var name: String
        var value: String
        var isDefault: Bool
    }

    var name: TopicName
    var id: TopicID
    /// In order of their numbers.
    var partitions: [PartitionDescription]
    /// In the order in which they are shown.
    var configs: [Config]

    /// The lines of the report, without their ends.
    func lines(_ report: Report, liveBrokers: Set<BrokerID>) -> [String] {
        var lines: [String] = []
        let tellsTopics = report.isDisjoint(with: .partitionReports)
        if tellsTopics, !report.contains(.overrides) || configs.contains(where: { !$0.isDefault }) {
            lines.append(heading)
        }
        guard !report.contains(.overrides) else { return lines }
        let minInSync = configs.first { $0.name == "min.insync.replicas" }.flatMap { Int($0.value) } ?? 1
        for partition in partitions
        where tellsTopics || !report.isDisjoint(with: partition.reports(minInSync: minInSync, liveBrokers)) {
            lines.append(partition.line(of: name))
        }
        return lines
    }

    /// The line of the topic itself.
    var heading: String {
        let own = configs.filter { !$0.isDefault }.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        var line = "Topic: \(name)"
        if id != .none { line += "\tTopicId: \(id)" }
        line += "\tPartitionCount: \(partitions.count)"
        line += "\tReplicationFactor: \(partitions.first?.replicationFactor ?? 0)"
        return line + "\tConfigs: \(own)"
    }
}

/// A partition as `--describe` shows it.
struct PartitionDescription: Sendable, Hashable {
    /// Replicas that come and go.
    struct Reassignment: Sendable, Hashable {
        var replicas: [BrokerID]
        var adding: [BrokerID]
        var removing: [BrokerID]
    }

    var index: PartitionIndex
    /// ``BrokerID/none`` while there is none.
    var leader: BrokerID
    var replicas: [BrokerID]
    var inSyncReplicas: [BrokerID]
    /// Nil from brokers that do not tell. See KIP-966.
    var eligibleLeaderReplicas: [BrokerID]?
    /// Nil from brokers that do not tell.
    var lastKnownEligibleLeaderReplicas: [BrokerID]?
    /// Nil where the replicas stay.
    var reassignment: Reassignment?

    /// How many replicas there are meant to be when a reassignment has ended.
    var replicationFactor: Int {
        guard let reassignment, replicas.contains(where: (reassignment.adding + reassignment.removing).contains) else {
            return replicas.count
        }
        return reassignment.replicas.count - reassignment.adding.count
    }

    /// The reports that the partition belongs to.
    func reports(minInSync: Int, _ liveBrokers: Set<BrokerID>) -> TopicDescription.Report {
        let hasLeader = leader.rawValue >= 0
        var reports: TopicDescription.Report = []
        if replicationFactor > inSyncReplicas.count { reports.insert(.underReplicated) }
        if !hasLeader || !liveBrokers.contains(leader) { reports.insert(.unavailable) }
        if !hasLeader || inSyncReplicas.count < minInSync { reports.insert(.underMinInSync) }
        if inSyncReplicas.count == minInSync { reports.insert(.atMinInSync) }
        return reports
    }

    /// The line of the partition.
    func line(of topic: TopicName) -> String {
        func list(_ ids: [BrokerID]) -> String { ids.map(\.description).joined(separator: ",") }
        var line = "\tTopic: \(topic)\tPartition: \(index)"
        line += "\tLeader: \(leader.rawValue >= 0 ? leader.description : "none")"
        line += "\tReplicas: \(list(replicas))\tIsr: \(list(inSyncReplicas))"
        if let reassignment {
            line += "\tAdding Replicas: \(list(reassignment.adding))"
            line += "\tRemoving Replicas: \(list(reassignment.removing))"
        }
        line += "\tElr: \(eligibleLeaderReplicas.map(list) ?? "N/A")"
        return line + "\tLastKnownElr: \(lastKnownEligibleLeaderReplicas.map(list) ?? "N/A")"
    }
}
