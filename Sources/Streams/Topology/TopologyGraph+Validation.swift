import Records

extension TopologyGraph {
    /// Everything that is wrong with the graph: what was noticed while it grew, and what only the whole shows.
    func findProblems() -> [TopologyException.Problem] {
        var found = self
        found.checkTypes()
        found.checkSources()
        found.checkStores()
        found.checkCopartitions()
        if found.problems.isEmpty, !liveNodes.contains(where: { $0.parents.isEmpty }) {
            found.report("topology", "it has no source", nil)
        }
        return found.problems
    }

    /// Parents must send what their children take. The DSL cannot get this wrong; the Processor API can.
    private mutating func checkTypes() {
        for node in liveNodes {
            guard let wanted = node.inputTypes else { continue }
            for parent in node.parents {
                guard let sent = self[parent].outputTypes, sent != wanted else { continue }
                report(
                    node.name,
                    "it takes records of \(wanted.description), but its parent \(self[parent].name) sends"
                        + " \(sent.description)",
                    node.callSite
                )
            }
        }
    }

    /// A topic may be read by one source only: its records have one way into a task.
    private mutating func checkSources() {
        var readers: [TopicReference: TopologyNode] = [:]
        var patterns: [(TopicPattern, TopologyNode)] = []
        for node in liveNodes {
            guard case .source(let source) = node.kind else { continue }
            if case .pattern(let pattern) = source.topics { patterns.append((pattern, node)) }
            for topic in source.topics.topics {
                if let first = readers[topic] {
                    let place = first.callSite.map { " at \($0)" } ?? ""
                    report(
                        node.name,
                        "topic \(topic.describedName) is already read by \(first.name)\(place)",
                        node.callSite
                    )
                } else {
                    readers[topic] = node
                }
            }
        }
        for (pattern, node) in patterns {
            for (topic, reader) in readers where pattern.matches(TopicName(topic.describedName)) {
                report(
                    node.name,
                    "its pattern matches topic \(topic.describedName), which \(reader.name) reads",
                    node.callSite
                )
            }
        }
    }

    /// Stores must exist where they are used, and be used where they exist; global ones are there for everybody.
    private mutating func checkStores() {
        var used: Set<String> = []
        for node in liveNodes {
            for name in node.stores {
                used.insert(name)
                guard let store = stores[name] else {
                    report(node.name, "there is no state store named \(name)", node.callSite)
                    continue
                }
                if store.isGlobal, tables[node.id] == nil, !globalProcessors.contains(node.id) {
                    report(
                        node.name,
                        "global store \(name) can be used without being connected, and may not be",
                        node.callSite
                    )
                }
            }
        }
        for name in storeOrder where !used.contains(name) {
            report(name, "no processor is connected to the state store", stores[name]?.callSite)
        }
        for name in storeOrder {
            if let problem = stores[name]?.problem { report(name, problem, stores[name]?.callSite) }
            if let problem = TopologyGraph.problem(withName: name) { report(name, problem, stores[name]?.callSite) }
        }
    }

    /// Joined repartition topics whose partition counts were given must have the same.
    private mutating func checkCopartitions() {
        for group in copartitionedSources {
            let topics = group.sources.sorted().flatMap { id -> [RepartitionTopic] in
                guard case .source(let source) = self[id].kind else { return [] }
                return source.topics.topics.compactMap { reference in
                    if case .repartition(let name) = reference { return repartitionTopics[name] }
                    return nil
                }
            }
            let given = topics.filter { $0.partitionCount != nil }
            guard Set(given.map(\.partitionCount)).count > 1 else { continue }
            let counts = given.map { "\($0.name) \($0.partitionCount ?? 0)" }.joined(separator: ", ")
            report(
                group.operatorName,
                "topics read together differ in their number of partitions: \(counts)",
                group.callSite
            )
        }
    }

    /// Kafka's rules for names of topics, operators and stores; nil for a good one.
    @usableFromInline
    static func problem(withName name: String) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name == "." || name == ".." { return "the name may not be \"\(name)\"" }
        if name.utf8.count > 249 { return "the name is \(name.utf8.count) characters long, and 249 are allowed" }
        let isLegal = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isLegal
            ? nil : "the name \"\(name)\" holds a character other than ASCII letters, digits, '.', '_' and '-'"
    }
}
