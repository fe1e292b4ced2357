import Records

/// The operators of an application and how records flow between them: an immutable value once it is built.
///
/// `StreamsBuilder.build()` makes one from the DSL. The Processor API adds sources, processors, stores and sinks by
/// name:
///
/// ```swift
/// final class Copy: Processor {
///     private var context: ProcessorContext<String, String>?
///     func start(_ context: ProcessorContext<String, String>) { self.context = context }
///     func process(_ record: StreamRecord<String, String>) throws { try context?.forward(record) }
/// }
/// var topology = Topology()
/// topology.addSource("source", topics: "stream_log", String.self, String.self)
/// topology.addProcessor("copy", parents: ["source"]) { Copy() }
/// topology.addSink("sink", topic: "stream_log_copy", String.self, String.self, parents: ["copy"])
/// ```
///
/// Mistakes are collected and reported together by ``validate()``, which everything that runs a topology calls first.
public struct Topology: Sendable {
    @usableFromInline var graph: TopologyGraph

    /// An empty topology, for the Processor API.
    public init() {
        graph = TopologyGraph()
    }

    init(graph: TopologyGraph) {
        self.graph = graph
    }

    /// The parts whose operators are connected, in Kafka Streams' order and numbering.
    public var subTopologies: [SubTopology] { graph.subTopologies() }

    /// The topology as text, byte for byte as Kafka Streams prints it.
    ///
    /// ```swift
    /// print(try builder.build().describe())
    /// ```
    public func describe() -> TopologyDescription { graph.describe() }

    /// Throws everything that is wrong at once, as ``TopologyException``.
    ///
    /// ```swift
    /// var topology = Topology()
    /// topology.addSource("source", topics: "orders", String.self, String.self)
    /// try topology.validate()
    /// ```
    public func validate() throws {
        let problems = graph.findProblems()
        guard problems.isEmpty else { throw TopologyException(problems: problems) }
    }

    /// All topics that the sources read by name, on the cluster, those of global stores included.
    public func sourceTopics(applicationID: String) -> [TopicName] {
        subTopologies.flatMap { $0.sourceTopics(applicationID: applicationID) }
    }

    /// The topics that the application creates and keeps for itself: repartitions and changelogs.
    public func internalTopics(applicationID: String) -> Set<TopicName> {
        var topics: Set<TopicName> = []
        for part in subTopologies where !part.isGlobal {
            topics.formUnion(part.repartitionTopics(applicationID: applicationID))
            for changelog in changelogTopics(of: part, applicationID: applicationID) where !changelog.isSourceTopic {
                topics.insert(changelog.topic)
            }
        }
        return topics
    }

    /// The topics of sources and repartitions that need the same number of partitions, with the operator that reads
    /// them together.
    public func copartitionedTopics(applicationID: String) -> [(operatorName: String, topics: [TopicName])] {
        graph.copartitionedSources.map { group in
            (group.operatorName, graph.topics(of: group, applicationID: applicationID, existing: []))
        }
    }

    /// Where a topic's source says that reading begins without a committed offset; nil where it does not.
    package func offsetReset(of topic: TopicName, applicationID: String) -> OffsetResetPolicy? {
        for node in graph.liveNodes {
            guard case .source(let source) = node.kind, let policy = source.offsetReset else { continue }
            switch source.topics {
            case .topics(let topics):
                if topics.contains(where: { $0.name(applicationID: applicationID) == topic }) { return policy }
            case .pattern(let pattern):
                if pattern.matches(topic) { return policy }
            }
        }
        return nil
    }

    /// The partition count that a repartition topic was given; nil where it follows its sources.
    public func partitionCount(ofRepartitionTopic topic: TopicName, applicationID: String) -> Int32? {
        graph.repartitionTopics.values.first {
            TopicReference.repartition($0.name).name(applicationID: applicationID) == topic
        }?.partitionCount
    }
}

extension TopologyGraph {
    /// The topics that an operator reads together, those included of `existing` that match a source's pattern.
    func topics(of group: CopartitionGroup, applicationID: String, existing: [TopicName]) -> [TopicName] {
        group.sources.sorted().flatMap { id -> [TopicName] in
            guard case .source(let source) = self[id].kind else { return [] }
            switch source.topics {
            case .topics(let topics): return topics.map { $0.name(applicationID: applicationID) }
            case .pattern(let pattern): return existing.filter { pattern.matches($0) }
            }
        }
    }
}
