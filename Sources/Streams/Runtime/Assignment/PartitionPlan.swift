import Records

/// How many partitions every topic of an application has, those included that it creates itself, and which tasks follow.
///
/// A pure function of the topology and of the topics that exist: the group's leader makes it before it assigns.
package struct PartitionPlan: Hashable, Sendable {
    /// Repartition topics to create or to check.
    package private(set) var repartitionTopics: [TopicName: Int32] = [:]
    /// Changelog topics to create or to check, with what their configuration says beyond the defaults.
    package private(set) var changelogTopics: [TopicName: Changelog] = [:]
    /// The partitions that each task reads.
    package private(set) var tasks: [TaskID: [TopicPartition]] = [:]
    /// Tasks that have stores with a changelog.
    package private(set) var statefulTasks: Set<TaskID> = []

    package struct Changelog: Hashable, Sendable {
        package let partitionCount: Int32
        package let configuration: [String: String]
        package let kind: ChangelogKind
    }

    /// - Parameter existing: The partition counts of the topics on the cluster.
    /// Errors: ``MissingSourceTopicException``, ``TopologyException``.
    package init(_ topology: Topology, applicationID: String, existing: [TopicName: Int32]) throws {
        let parts = topology.subTopologies.filter { !$0.isGlobal }
        let topics = try SourceCounts(topology, parts, applicationID: applicationID, existing: existing)
        repartitionTopics = topics.repartition
        for part in parts {
            let sources = topics.sources(of: part)
            let count = sources.compactMap { topics.count(of: $0) }.max() ?? 0
            let changelogs = topology.changelogTopics(of: part, applicationID: applicationID)
            for partition in 0..<count {
                let task = TaskID(subTopology: part.id, partition: PartitionIndex(partition))
                tasks[task] = sources.filter { topics.count(of: $0) ?? 0 > partition }.sorted()
                    .map { TopicPartition($0, PartitionIndex(partition)) }
                if !changelogs.isEmpty { statefulTasks.insert(task) }
            }
            for changelog in changelogs where !changelog.isSourceTopic {
                changelogTopics[changelog.topic] = Changelog(
                    partitionCount: count,
                    configuration: changelog.configuration,
                    kind: changelog.kind
                )
            }
        }
    }

    /// Topics that a source reads by name and that do not exist.
    static func missingTopics(
        _ topology: Topology,
        applicationID: String,
        existing: [TopicName: Int32]
    ) -> [TopicName] {
        var missing: Set<TopicName> = []
        for part in topology.subTopologies where !part.isGlobal {
            for case .external(let topic) in part.sources where existing[topic] == nil { missing.insert(topic) }
        }
        return missing.sorted()
    }
}

/// A topic that a source reads does not exist: the application ends.
public struct MissingSourceTopicException: Error, Hashable, Sendable, CustomStringConvertible {
    /// In alphabetical order; none where only the group's leader knows.
    public let topics: [TopicName]

    /// An error about topics that do not exist.
    public init(topics: [TopicName]) { self.topics = topics }

    public var description: String {
        if topics.isEmpty {
            return "One or more source topics were missing during rebalance. The log of the group's leader names them"
        }
        let names = topics.map(\.rawValue).joined(separator: ", ")
        return "Missing source topics [\(names)]. Create them before the application starts"
    }
}

/// The partition counts of all source topics, those of repartition topics worked out from what is written to them.
private struct SourceCounts {
    private(set) var repartition: [TopicName: Int32] = [:]
    private let existing: [TopicName: Int32]
    private let topology: Topology
    private let applicationID: String

    init(
        _ topology: Topology,
        _ parts: [SubTopology],
        applicationID: String,
        existing: [TopicName: Int32]
    ) throws {
        self.topology = topology
        self.existing = existing
        self.applicationID = applicationID
        let missing = PartitionPlan.missingTopics(topology, applicationID: applicationID, existing: existing)
        guard missing.isEmpty else { throw MissingSourceTopicException(topics: missing) }
        let groups = topology.graph.copartitionedSources.map { group in
            (group, topology.graph.topics(of: group, applicationID: applicationID, existing: existing.keys.sorted()))
        }
        let internalTopics = Set(parts.flatMap { $0.repartitionTopics(applicationID: applicationID) })
        for topic in internalTopics {
            repartition[topic] = topology.partitionCount(ofRepartitionTopic: topic, applicationID: applicationID)
        }
        let given = repartition
        try settle(parts, internalTopics, groups.map(\.1))
        let problems = groups.compactMap { copartition($0.0, $0.1, internalTopics, given) }
        guard problems.isEmpty else { throw TopologyException(problems: problems) }
    }

    /// A repartition topic has as many partitions as the widest sub-topology that writes to it has tasks.
    private mutating func settle(
        _ parts: [SubTopology],
        _ internalTopics: Set<TopicName>,
        _ groups: [[TopicName]]
    ) throws {
        var open = internalTopics.filter { repartition[$0] == nil }.sorted()
        while !open.isEmpty {
            let known = open.filter { topic in
                let writers = parts.filter { sinks(of: $0).contains(topic) }
                let counts = writers.flatMap { sources(of: $0) }.map { count(of: $0) }
                guard !counts.contains(nil), let most = counts.compactMap({ $0 }).max() else { return false }
                repartition[topic] = most
                return true
            }
            if known.isEmpty {
                // The two topics of a join by foreign key wait for each other: what they are joined with decides.
                let joined = open.compactMap { topic in
                    groups.filter { $0.contains(topic) }.joined().compactMap { count(of: $0) }.max().map { (topic, $0) }
                }
                guard !joined.isEmpty else {
                    throw TopologyException(
                        "the number of partitions of \(open) cannot be worked out: nothing is read before them"
                    )
                }
                for (topic, most) in joined { repartition[topic] = most }
            }
            open.removeAll { repartition[$0] != nil }
        }
    }

    /// Topics that are read together must have the same number; repartition topics follow.
    private mutating func copartition(
        _ group: CopartitionGroup,
        _ topics: [TopicName],
        _ internalTopics: Set<TopicName>,
        _ given: [TopicName: Int32]
    ) -> TopologyException.Problem? {
        let fixed = topics.filter { !internalTopics.contains($0) || given[$0] != nil }
        let counts = fixed.map { ($0, count(of: $0) ?? 0) }
        if Set(counts.map(\.1)).count > 1 {
            let text = counts.map { "\($0.0) has \($0.1) partition\($0.1 == 1 ? "" : "s")" }.joined(separator: ", ")
            return TopologyException.Problem(
                operatorName: group.operatorName,
                message: "topics that are joined need the same number of partitions: \(text)",
                callSite: group.callSite
            )
        }
        let free = topics.filter { internalTopics.contains($0) && given[$0] == nil }
        guard let most = counts.first?.1 ?? free.compactMap({ repartition[$0] }).max() else { return nil }
        for topic in free { repartition[topic] = most }
        return nil
    }

    func count(of topic: TopicName) -> Int32? { repartition[topic] ?? existing[topic] }

    /// The topics that a part reads, patterns resolved.
    func sources(of part: SubTopology) -> [TopicName] {
        let named = part.sourceTopics(applicationID: applicationID)
        let matched = part.patterns.flatMap { pattern in existing.keys.filter { pattern.matches($0) } }
        return Array(Set(named + matched))
    }

    private func sinks(of part: SubTopology) -> Set<TopicName> {
        var topics: Set<TopicName> = []
        for id in part.nodes {
            guard case .sink(let sink) = topology.graph[id].kind, let topic = sink.topic else { continue }
            topics.insert(topic.name(applicationID: applicationID))
        }
        return topics
    }
}
