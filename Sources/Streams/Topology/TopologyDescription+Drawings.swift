extension TopologyDescription {
    /// The topology as a Mermaid flowchart: what Markdown on many sites shows as a picture.
    ///
    /// Sub-topologies are boxes, topics are between them, stores hang on the processors that use them.
    public var mermaid: String {
        var drawing = Drawing(self)
        var text = "flowchart TD\n"
        for part in parts {
            text += "    subgraph part\(part.id)[\"\(part.title)\"]\n"
            for node in part.nodes { text += "        \(drawing.id(of: node))[\"\(escaped(node.name))\"]\n" }
            for store in part.stores { text += "        \(drawing.id(ofStore: store))[(\"\(escaped(store))\")]\n" }
            text += "    end\n"
        }
        for topic in drawing.topics { text += "    \(drawing.id(ofTopic: topic))([\"\(escaped(topic))\"])\n" }
        for edge in drawing.edges { text += "    \(edge.from) \(edge.isStore ? "---" : "-->") \(edge.to)\n" }
        return text
    }

    /// The topology in Graphviz' language: `dot -Tsvg` makes a picture of it.
    public var graphviz: String {
        var drawing = Drawing(self)
        var text = "digraph topology {\n    node [shape = box];\n"
        for part in parts {
            text += "    subgraph cluster_\(part.id) {\n        label = \"\(part.title)\";\n"
            for node in part.nodes { text += "        \(drawing.id(of: node)) [label = \"\(quoted(node.name))\"];\n" }
            for store in part.stores {
                text += "        \(drawing.id(ofStore: store)) [label = \"\(quoted(store))\", shape = cylinder];\n"
            }
            text += "    }\n"
        }
        for topic in drawing.topics {
            text += "    \(drawing.id(ofTopic: topic)) [label = \"\(quoted(topic))\", shape = ellipse];\n"
        }
        for edge in drawing.edges {
            text += "    \(edge.from) -> \(edge.to)\(edge.isStore ? " [dir = none, style = dashed]" : "");\n"
        }
        return text + "}\n"
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "\"" ? "#quot;" : String($1) }
    }

    private func quoted(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) }
    }
}

extension TopologyDescription.Part {
    fileprivate var title: String { isGlobal ? "Global store \(id)" : "Sub-topology \(id)" }

    /// The stores of its processors, each once, in the order in which they come first.
    fileprivate var stores: [String] {
        var found: [String] = []
        for case .processor(let stores) in nodes.map(\.kind) {
            for store in stores where !found.contains(store) { found.append(store) }
        }
        return found
    }
}

/// Short ids for everything that is drawn, and the edges between.
private struct Drawing {
    struct Edge {
        let from: String
        let to: String
        var isStore = false
    }

    private(set) var topics: [String] = []
    private(set) var edges: [Edge] = []
    private var ids: [String: String] = [:]

    init(_ description: TopologyDescription) {
        for node in description.parts.flatMap(\.nodes) {
            let id = id(of: node)
            switch node.kind {
            case .source(let topics): for topic in topics { connect(topic, to: id) }
            case .patternSource(let pattern): connect(pattern, to: id)
            case .processor(let stores):
                for store in stores { edges.append(Edge(from: id, to: self.id(ofStore: store), isStore: true)) }
            case .sink(let topic):
                let topic = topic ?? "computed for each record"
                edges.append(Edge(from: id, to: self.id(ofTopic: topic)))
                add(topic)
            }
            for successor in node.successors { edges.append(Edge(from: id, to: self.id("node", successor))) }
        }
    }

    mutating func id(of node: TopologyDescription.Node) -> String { id("node", node.name) }
    mutating func id(ofStore store: String) -> String { id("store", store) }
    mutating func id(ofTopic topic: String) -> String { id("topic", topic) }

    private mutating func id(_ kind: String, _ name: String) -> String {
        let key = "\(kind) \(name)"
        if let known = ids[key] { return known }
        let id = "\(kind)\(ids.count)"
        ids[key] = id
        return id
    }

    private mutating func connect(_ topic: String, to node: String) {
        edges.append(Edge(from: id(ofTopic: topic), to: node))
        add(topic)
    }

    private mutating func add(_ topic: String) {
        if !topics.contains(topic) { topics.append(topic) }
    }
}
