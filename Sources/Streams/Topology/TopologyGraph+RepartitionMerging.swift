// `merge.repartition.topics`: where one operator changes keys and several below it need a repartition, one topic right
// below the operator serves them all. See KIP-295.

extension TopologyGraph {
    /// The parts of one repartition.
    private struct Repartition {
        let filter: NodeID
        let sink: NodeID
        let source: NodeID
    }

    /// Merges the repartition topics below each operator that changes keys into one, which has the first one's name.
    mutating func mergeRepartitionTopics() {
        var groups: [NodeID: [Repartition]] = [:]
        for (source, filter) in repartitionFilters.sorted(by: { $0.key < $1.key }) {
            guard self[filter].traits.contains(.filtersBeforeRepartition), !self[filter].traits.contains(.isPinned),
                let sink = self[filter].children.first, let changer = keyChanger(above: filter)
            else { continue }
            groups[changer, default: []].append(Repartition(filter: filter, sink: sink, source: source))
        }
        for (changer, repartitions) in groups.sorted(by: { $0.key < $1.key }) { merge(repartitions, below: changer) }
    }

    /// The operator that made a repartition necessary, if nothing in between changes values; else nil.
    private func keyChanger(above id: NodeID) -> NodeID? {
        var id = id
        while self[id].parents.count == 1, let parent = self[id].parents.first {
            let node = self[parent]
            if node.traits.contains(.changesKey) { return parent }
            if node.traits.contains(.merges) {
                return node.parents.contains { self[$0].traits.contains(.changesKey) || keyChanger(above: $0) != nil }
                    ? parent : nil
            }
            guard case .processor = node.kind, !node.traits.contains(.changesValue),
                node.inputTypes == node.outputTypes
            else { return nil }
            id = parent
        }
        return nil
    }

    private mutating func merge(_ repartitions: [Repartition], below changer: NodeID) {
        guard let kept = repartitions.first, case .sink(let sink) = self[kept.sink].kind, let topic = sink.topic else {
            return
        }
        for repartition in repartitions {
            guard let parent = self[repartition.filter].parents.first else { continue }
            self[parent].children.removeAll { $0 == repartition.filter }
            if let branch = branch(of: changer, to: parent) { move(branch, from: changer, to: kept.source) }
            let readers = self[repartition.source].children
            self[repartition.source].children = []
            for reader in readers {
                move(reader, from: repartition.source, to: parent == changer ? kept.source : parent)
            }
            if repartition.source != kept.source { remove(repartition, inFavourOf: kept.source) }
        }
        self[kept.filter].parents = [changer]
        self[changer].children.append(kept.filter)
        rename(kept.filter, to: topic.describedName + "-filter")
        rename(kept.sink, to: topic.describedName + "-sink")
        rename(kept.source, to: topic.describedName + "-source")
    }

    /// The child of `ancestor` on the way down to `id`, or `id` itself; nil where `id` is the ancestor.
    private func branch(of ancestor: NodeID, to id: NodeID) -> NodeID? {
        var id = id
        guard id != ancestor else { return nil }
        while let parent = self[id].parents.first, parent != ancestor { id = parent }
        return id
    }

    private mutating func move(_ child: NodeID, from parent: NodeID, to other: NodeID) {
        self[parent].children.removeAll { $0 == child }
        self[child].parents = self[child].parents.map { $0 == parent ? other : $0 }
        if !self[other].children.contains(child) { self[other].children.append(child) }
    }

    private mutating func remove(_ repartition: Repartition, inFavourOf source: NodeID) {
        if case .sink(let sink) = self[repartition.sink].kind, let topic = sink.topic {
            repartitionTopics[topic.describedName] = nil
        }
        repartitionFilters[repartition.source] = nil
        replace(repartition.source, by: source)
        drop(repartition.filter)
        drop(repartition.sink)
    }
}
