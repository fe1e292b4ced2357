/// What a topology consists of, as text: byte for byte what Kafka Streams' `TopologyDescription` prints.
///
/// Nodes of a sub-topology come by the size of what hangs below them, then by name.
public struct TopologyDescription: Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

extension TopologyGraph {
    func describe() -> TopologyDescription {
        let parts = subTopologies()
        var text = "Topologies:\n "
        for part in parts {
            text += "  "
            text += part.isGlobal ? describeGlobal(part) : describeLocal(part)
        }
        return TopologyDescription(description: text)
    }

    private func describeLocal(_ part: SubTopology) -> String {
        let sizes = sizes(of: part)
        let ordered = sorted(part.nodes, by: sizes)
        let lines = ordered.map { "    \(describe($0, sizes))\n" }.joined()
        return "Sub-topology: \(part.id)\n\(lines)\n"
    }

    private func describeGlobal(_ part: SubTopology) -> String {
        let sizes = sizes(of: part)
        let lines = part.nodes.map { "    \(describe($0, sizes))\n" }.joined()
        return "Sub-topology: \(part.id) for global store (will not generate tasks)\n\(lines)"
    }

    private func describe(_ id: NodeID, _ sizes: [NodeID: Int]) -> String {
        let node = self[id]
        let successors = "      --> \(names(node.children, sizes))"
        let predecessors = "      <-- \(names(node.parents, sizes))"
        switch node.kind {
        case .source(let source):
            let topics =
                switch source.topics {
                case .topics(let topics): "[\(topics.map(\.describedName).sorted().joined(separator: ", "))]"
                case .pattern(let pattern): pattern.description
                }
            return "Source: \(node.name) (topics: \(topics))\n\(successors)"
        case .processor:
            let stores = node.stores.sorted().joined(separator: ", ")
            return "Processor: \(node.name) (stores: [\(stores)])\n\(successors)\n\(predecessors)"
        case .sink(let sink):
            let topic = sink.topic.map { "topic: \($0.describedName)" } ?? "extractor class: computed for each record"
            return "Sink: \(node.name) (\(topic))\n\(predecessors)"
        }
    }

    private func names(_ ids: [NodeID], _ sizes: [NodeID: Int]) -> String {
        if ids.isEmpty { return "none" }
        return sorted(ids, by: sizes).map { self[$0].name }.joined(separator: ", ")
    }

    private func sorted(_ ids: [NodeID], by sizes: [NodeID: Int]) -> [NodeID] {
        ids.sorted { a, b in
            let (left, right) = (sizes[a, default: 0], sizes[b, default: 0])
            return left != right ? left > right : self[a].name < self[b].name
        }
    }

    /// How many nodes hang below each node, itself included, along every path.
    private func sizes(of part: SubTopology) -> [NodeID: Int] {
        var sizes: [NodeID: Int] = [:]
        func size(_ id: NodeID) -> Int {
            if let known = sizes[id] { return known }
            let total = 1 + self[id].children.map(size).reduce(0, +)
            sizes[id] = total
            return total
        }
        for node in part.nodes { _ = size(node) }
        return sizes
    }
}
