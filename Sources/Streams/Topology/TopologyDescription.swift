/// What a topology consists of, as text: byte for byte what Kafka Streams' `TopologyDescription` prints.
///
/// Nodes of a sub-topology come by the number of nodes below them, then by name.
public struct TopologyDescription: Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

extension TopologyGraph {
    func describe() -> TopologyDescription {
        var text = "Topologies:\n "
        for part in subTopologies() {
            text += "  "
            text += part.isGlobal ? describeGlobal(part) : describeLocal(part)
        }
        return TopologyDescription(description: text)
    }

    private func describeLocal(_ part: SubTopology) -> String {
        let links = DescribedLinks(of: part, in: self)
        let ordered = part.nodes.sorted { links.comesBefore($0, $1) }
        let lines = ordered.map { "    \(describe($0, links))\n" }.joined()
        return "Sub-topology: \(part.id)\n\(lines)\n"
    }

    private func describeGlobal(_ part: SubTopology) -> String {
        let links = DescribedLinks(of: part, in: self)
        let lines = part.nodes.map { "    \(describe($0, links))\n" }.joined()
        return "Sub-topology: \(part.id) for global store (will not generate tasks)\n\(lines)"
    }

    private func describe(_ id: NodeID, _ links: DescribedLinks) -> String {
        let node = self[id]
        let successors = "      --> \(names(links.successors[id]))"
        let predecessors = "      <-- \(names(links.predecessors[id]))"
        switch node.kind {
        case .source(let source):
            let topics =
                switch source.topics {
                case .topics(let topics): "[\(DescribedLinks.inSetOrder(topics.map(\.describedName)))]"
                case .pattern(let pattern): pattern.description
                }
            return "Source: \(node.name) (topics: \(topics))\n\(successors)"
        case .processor:
            let stores = DescribedLinks.inSetOrder(node.stores)
            return "Processor: \(node.name) (stores: [\(stores)])\n\(successors)\n\(predecessors)"
        case .sink(let sink):
            let topic = sink.topic.map { "topic: \($0.describedName)" } ?? "extractor class: computed for each record"
            return "Sink: \(node.name) (\(topic))\n\(predecessors)"
        }
    }

    private func names(_ ids: [NodeID]?) -> String {
        guard let ids, !ids.isEmpty else { return "none" }
        return ids.map { self[$0].name }.joined(separator: ", ")
    }
}

/// Who follows whom in a description, in the order in which Kafka Streams prints it.
///
/// It sorts neighbours by the number of nodes below them, then by name; but it does so while it is still counting, edge by
/// edge, in the order of a Java hash map of the nodes' names. So that order is part of the format.
private struct DescribedLinks {
    private(set) var successors: [NodeID: [NodeID]] = [:]
    private(set) var predecessors: [NodeID: [NodeID]] = [:]
    private var sizes: [NodeID: Int] = [:]
    private let graph: TopologyGraph

    init(of part: SubTopology, in graph: TopologyGraph) {
        self.graph = graph
        for node in part.nodes { sizes[node] = 1 }
        for node in DescribedLinks.inHashOrder(part.nodes, graph) {
            for parent in graph[node].parents {
                insert(parent, into: &predecessors[node, default: []])
                insert(node, into: &successors[parent, default: []])
                grow(parent, by: sizes[node, default: 1])
            }
        }
    }

    func comesBefore(_ a: NodeID, _ b: NodeID) -> Bool {
        let (left, right) = (sizes[a, default: 1], sizes[b, default: 1])
        return left != right ? left > right : graph[a].name < graph[b].name
    }

    private func insert(_ node: NodeID, into list: inout [NodeID]) {
        list.insert(node, at: list.firstIndex { comesBefore(node, $0) } ?? list.count)
    }

    private mutating func grow(_ node: NodeID, by count: Int) {
        sizes[node, default: 1] += count
        for parent in predecessors[node] ?? [] { grow(parent, by: count) }
    }

    /// Names as a Java set of them prints.
    static func inSetOrder(_ names: [String]) -> String {
        JavaHashOrder(copying: names.count).sorted(names, by: JavaHashOrder.hash).joined(separator: ", ")
    }

    /// The nodes as Java's `HashMap` gives them out by name: by bucket, and in a bucket as they came.
    private static func inHashOrder(_ nodes: [NodeID], _ graph: TopologyGraph) -> [NodeID] {
        var order = JavaHashOrder()
        order.reserve(nodes.count)
        return order.sorted(nodes) { JavaHashOrder.hash(graph[$0].name) }
    }
}
