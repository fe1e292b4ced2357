import Records

/// A part of a topology whose operators are connected, by records or by stores: what becomes a task for each partition.
public struct SubTopology: Sendable {
    /// Its number in `describe()` and in the task's id.
    public let id: Int
    /// Whether it only keeps a global store: then every instance reads all of its topic, and it has no tasks.
    public let isGlobal: Bool
    let nodes: [NodeID]
    /// The topics that it reads, as the topology names them.
    let sources: [TopicReference]
    let patterns: [TopicPattern]
    /// Names of its state stores.
    public let storeNames: [String]

    /// Whether one of its sources chooses the topic by its pattern.
    public func readsByPattern(_ topic: TopicName) -> Bool { patterns.contains { $0.matches(topic) } }

    /// The topics that it reads, on the cluster.
    public func sourceTopics(applicationID: String) -> [TopicName] {
        sources.map { $0.name(applicationID: applicationID) }
    }

    /// The repartition topics that it reads: the application creates them.
    public func repartitionTopics(applicationID: String) -> [TopicName] {
        sources.compactMap { reference in
            if case .repartition = reference { return reference.name(applicationID: applicationID) }
            return nil
        }
    }
}

extension TopologyGraph {
    /// The connected parts, numbered by the node that was added first, as Kafka Streams numbers them.
    func subTopologies() -> [SubTopology] {
        var leaders = Array(nodes.indices)
        func leader(_ node: Int) -> Int {
            var node = node
            while leaders[node] != node { node = leaders[node] }
            return node
        }
        func unite(_ a: Int, _ b: Int) { leaders[leader(a)] = leader(b) }

        var userOfStore: [String: Int] = [:]
        for node in liveNodes {
            for parent in node.parents { unite(node.id.rawValue, parent.rawValue) }
            for store in node.stores where stores[store]?.isGlobal != true {
                if let user = userOfStore[store] { unite(user, node.id.rawValue) }
                userOfStore[store] = node.id.rawValue
            }
        }
        var groups: [Int: Int] = [:]
        var members: [[NodeID]] = []
        for node in liveNodes {
            let root = leader(node.id.rawValue)
            if let group = groups[root] {
                members[group].append(node.id)
            } else {
                groups[root] = members.count
                members.append([node.id])
            }
        }
        return members.enumerated().map { subTopology(id: $0.offset, of: $0.element) }
    }

    private func subTopology(id: Int, of members: [NodeID]) -> SubTopology {
        var sources: [TopicReference] = []
        var patterns: [TopicPattern] = []
        var names: [String] = []
        var isGlobal = false
        for member in members {
            if case .source(let source) = self[member].kind {
                isGlobal = isGlobal || source.isGlobal
                switch source.topics {
                case .topics(let topics): sources += topics
                case .pattern(let pattern): patterns.append(pattern)
                }
            }
            let stores = JavaHashOrder(copying: self[member].stores.count)
                .sorted(self[member].stores, by: JavaHashOrder.hash)
            for store in stores where !names.contains(store) { names.append(store) }
        }
        if !isGlobal { names.removeAll { stores[$0]?.isGlobal == true } }
        return SubTopology(
            id: id,
            isGlobal: isGlobal,
            nodes: members,
            sources: sources,
            patterns: patterns,
            storeNames: names
        )
    }
}
