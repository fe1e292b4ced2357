/// Who follows whom in a description, in the order in which Kafka Streams prints it.
///
/// It sorts neighbours by the number of nodes below them, then by name; but it does so while it is still counting, edge by
/// edge, in the order of a Java hash map of the nodes' names, and with a tree. So that order is part of the format.
struct DescribedLinks {
    private(set) var successors: [NodeID: TreeOrder<NodeID>] = [:]
    private(set) var predecessors: [NodeID: TreeOrder<NodeID>] = [:]
    private var sizes: [NodeID: Int] = [:]
    private let graph: TopologyGraph

    init(of part: SubTopology, in graph: TopologyGraph) {
        self.graph = graph
        for node in part.nodes { sizes[node] = 1 }
        for node in DescribedLinks.inHashOrder(part.nodes, graph) {
            for parent in graph[node].parents {
                let now = self
                predecessors[node, default: TreeOrder()].insert(parent) { now.comesBefore($0, $1) }
                successors[parent, default: TreeOrder()].insert(node) { now.comesBefore($0, $1) }
                grow(parent, by: sizes[node, default: 1])
            }
        }
    }

    func comesBefore(_ a: NodeID, _ b: NodeID) -> Bool {
        let (left, right) = (sizes[a, default: 1], sizes[b, default: 1])
        return left != right ? left > right : graph[a].name < graph[b].name
    }

    private mutating func grow(_ node: NodeID, by count: Int) {
        sizes[node, default: 1] += count
        for parent in predecessors[node]?.elements ?? [] { grow(parent, by: count) }
    }

    /// Names as a Java set of them prints.
    static func inSetOrder(_ names: [String]) -> [String] {
        JavaHashOrder(copying: names.count).sorted(names, by: JavaHashOrder.hash)
    }

    /// The nodes as Java's `HashMap` gives them out by name: by bucket, and in a bucket as they came.
    private static func inHashOrder(_ nodes: [NodeID], _ graph: TopologyGraph) -> [NodeID] {
        var order = JavaHashOrder()
        order.reserve(nodes.count)
        return order.sorted(nodes) { JavaHashOrder.hash(graph[$0].name) }
    }
}
