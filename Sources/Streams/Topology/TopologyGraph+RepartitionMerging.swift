// `merge.repartition.topics`: where one operator changes keys and several below it need a repartition, one topic right
// below the operator serves them all. See KIP-295.

extension TopologyGraph {
    /// The parts of one repartition.
    private struct Repartition {
        let filter: NodeID
        let sink: NodeID
        let source: NodeID
    }

    /// The repartitions that one operator made necessary.
    private struct Group {
        let changer: NodeID
        var repartitions: [Repartition]
    }

    /// Merges the repartition topics below each operator that changes keys into one, which has the first one's name.
    mutating func mergeRepartitionTopics() {
        var groups = nodes.filter { $0.traits.contains(.changesKey) }.map { Group(changer: $0.id, repartitions: []) }
        for (source, filter) in repartitionFilters.sorted(by: { $0.key < $1.key }) {
            guard self[filter].traits.contains(.filtersBeforeRepartition), !self[filter].traits.contains(.isPinned),
                let sink = self[filter].children.first, let changer = keyChanger(above: filter),
                let index = groups.firstIndex(where: { $0.changer == changer })
            else { continue }
            groups[index].repartitions.append(Repartition(filter: filter, sink: sink, source: source))
        }
        gatherBelowMerges(&groups)
        for group in groups where !group.repartitions.isEmpty { merge(group.repartitions, below: group.changer) }
        for index in nodes.indices {
            let children = nodes[index].children
            nodes[index].children = children.sorted { isWrittenBefore($0, $1) }
        }
    }

    /// The operator that made a repartition necessary, if nothing in between changes values; else nil.
    private func keyChanger(above id: NodeID) -> NodeID? {
        let changer = nearest(above: id) { self[$0].traits.contains(.changesKey) }
        let changerOfEither = nearest(above: id) { !self[$0].traits.isDisjoint(with: [.changesKey, .changesValue]) }
        guard let changer, changer == changerOfEither, keepsTypes(from: changer, to: id) else { return nil }
        return changer
    }

    /// The node itself or one above it: parents in order, and what is above the last of them where none is direct. That
    /// is how Kafka Streams looks for it.
    private func nearest(above id: NodeID, _ matches: (NodeID) -> Bool) -> NodeID? {
        if matches(id) { return id }
        var found: NodeID?
        for parent in self[id].parents {
            if matches(parent) { return parent }
            found = nearest(above: parent, matches)
        }
        return found
    }

    /// Whether records between the two have the same types all along, so that the repartition may come first.
    private func keepsTypes(from changer: NodeID, to id: NodeID) -> Bool {
        guard let types = self[changer].outputTypes else { return false }
        return ancestors(of: id).subtracting(ancestors(of: changer)).allSatisfy { between in
            self[between].outputTypes == types
        }
    }

    /// Where streams with new keys are merged, the repartition comes below the merge.
    private func gatherBelowMerges(_ groups: inout [Group]) {
        var merged: [Group] = []
        var gathered: Set<NodeID> = []
        for node in nodes where node.traits.contains(.merges) {
            let above = groups.filter { group in
                group.repartitions.allSatisfy { isBelow($0.filter, node.id) } && isBelow(node.id, group.changer)
            }
            gathered.formUnion(above.map(\.changer))
            merged.append(Group(changer: node.id, repartitions: above.flatMap(\.repartitions)))
        }
        groups = groups.filter { !gathered.contains($0.changer) } + merged
    }

    private func isBelow(_ id: NodeID, _ ancestor: NodeID) -> Bool {
        nearest(above: id) { self[$0].parents.contains(ancestor) } != nil
    }

    private mutating func merge(_ repartitions: [Repartition], below changer: NodeID) {
        guard let kept = repartitions.first, case .sink(let sink) = self[kept.sink].kind, let topic = sink.topic else {
            return
        }
        var moved: Set<NodeID> = []
        for repartition in repartitions where !removed.contains(repartition.filter) {
            guard let parent = self[repartition.filter].parents.first,
                let branch = nearest(above: repartition.filter, { self[$0].parents.contains(changer) })
            else { continue }
            let readers = self[repartition.source].children.filter { !moved.contains($0) }
            self[parent].children.removeAll { $0 == repartition.filter }
            if branch != repartition.filter, moved.insert(branch).inserted {
                move(branch, from: changer, to: kept.source)
            }
            for reader in readers where repartition.source != kept.source || parent != changer {
                if parent == changer { moved.insert(reader) }
                move(reader, from: repartition.source, to: parent == changer ? kept.source : parent)
            }
            if repartition.source != kept.source { remove(repartition, inFavourOf: kept.source) }
        }
        self[kept.filter].parents = [changer]
        self[changer].children.append(kept.filter)
        let rank = self[changer].rank ?? changer.rawValue
        for id in [kept.filter, kept.sink, kept.source] { self[id].rank = rank }
        rename(kept.filter, to: topic.describedName + "-filter")
        rename(kept.sink, to: topic.describedName + "-sink")
        rename(kept.source, to: topic.describedName + "-source")
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
