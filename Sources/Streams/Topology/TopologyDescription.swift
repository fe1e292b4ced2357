/// What a topology consists of.
///
/// As text it is, byte for byte, what Kafka Streams' `TopologyDescription` prints; ``mermaid`` and ``graphviz`` draw it.
/// Nodes of a sub-topology come by the number of nodes below them, then by name.
///
/// ```swift
/// print(try builder.build().describe())
/// ```
public struct TopologyDescription: Hashable, Sendable, CustomStringConvertible {
    /// A source, processor or sink.
    public struct Node: Hashable, Sendable {
        /// What a node does, and with which topics or stores.
        public enum Kind: Hashable, Sendable {
            case source(topics: [String])
            /// A source that chooses its topics by a pattern.
            case patternSource(pattern: String)
            case processor(stores: [String])
            /// The topic is nil where it is computed for each record.
            case sink(topic: String?)
        }

        public let name: String
        public let kind: Kind
        /// The names of the nodes that its records go to.
        public let successors: [String]
        /// The names of the nodes that its records come from.
        public let predecessors: [String]
    }

    /// Nodes that are connected by records or by stores.
    public struct Part: Hashable, Sendable {
        public let id: Int
        /// Whether it only keeps a global store, without tasks.
        public let isGlobal: Bool
        public let nodes: [Node]
    }

    public let parts: [Part]

    public var description: String {
        parts.reduce(into: "Topologies:\n ") { text, part in text += "  \(part.description)" }
    }
}

extension TopologyDescription.Part {
    var description: String {
        let lines = nodes.map { "    \($0.description)\n" }.joined()
        return isGlobal
            ? "Sub-topology: \(id) for global store (will not generate tasks)\n\(lines)"
            : "Sub-topology: \(id)\n\(lines)\n"
    }
}

extension TopologyDescription.Node {
    var description: String {
        let below = "      --> \(list(successors))"
        let above = "      <-- \(list(predecessors))"
        switch kind {
        case .source(let topics): return "Source: \(name) (topics: [\(topics.joined(separator: ", "))])\n\(below)"
        case .patternSource(let pattern): return "Source: \(name) (topics: \(pattern))\n\(below)"
        case .processor(let stores):
            return "Processor: \(name) (stores: [\(stores.joined(separator: ", "))])\n\(below)\n\(above)"
        case .sink(let topic):
            let target = topic.map { "topic: \($0)" } ?? "extractor class: computed for each record"
            return "Sink: \(name) (\(target))\n\(above)"
        }
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension TopologyGraph {
    func describe() -> TopologyDescription {
        TopologyDescription(
            parts: subTopologies().map { part in
                let links = DescribedLinks(of: part, in: self)
                let ordered = part.isGlobal ? part.nodes : part.nodes.sorted { links.comesBefore($0, $1) }
                return TopologyDescription.Part(
                    id: part.id,
                    isGlobal: part.isGlobal,
                    nodes: ordered.map { describe($0, links) }
                )
            }
        )
    }

    private func describe(_ id: NodeID, _ links: DescribedLinks) -> TopologyDescription.Node {
        let node = self[id]
        let kind: TopologyDescription.Node.Kind
        switch node.kind {
        case .source(let source):
            switch source.topics {
            case .topics(let topics): kind = .source(topics: DescribedLinks.inSetOrder(topics.map(\.describedName)))
            case .pattern(let pattern): kind = .patternSource(pattern: pattern.description)
            }
        case .processor: kind = .processor(stores: DescribedLinks.inSetOrder(node.stores))
        case .sink(let sink): kind = .sink(topic: sink.topic?.describedName)
        }
        return TopologyDescription.Node(
            name: node.name,
            kind: kind,
            successors: links.successors[id, default: TreeOrder()].elements.map { self[$0].name },
            predecessors: links.predecessors[id, default: TreeOrder()].elements.map { self[$0].name }
        )
    }
}
