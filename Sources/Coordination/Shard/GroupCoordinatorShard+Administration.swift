import Records

extension GroupCoordinatorShard {
    /// One line of a list of groups.
    public struct Listing: Sendable, Hashable {
        /// The name of the group.
        public let id: GroupID
        /// Empty where nobody has ever joined.
        public let protocolType: String
        /// Kafka's name of the group's state.
        public let state: String
        /// `classic` or `consumer`: the protocol by which the group's members take part. See KIP-848.
        public let typeName: String
    }

    /// Every group, by id.
    public var listings: [Listing] {
        let classic = groups.values.map {
            Listing(id: $0.id, protocolType: $0.protocolType ?? "", state: $0.state.name, typeName: "classic")
        }
        let consumer = consumerGroups.values.map {
            Listing(id: $0.id, protocolType: "consumer", state: $0.state.rawValue, typeName: "consumer")
        }
        return (classic + consumer).sorted { $0.id < $1.id }
    }

    /// ``listings`` as an event, for a shell that treats all requests alike.
    public func listed() -> GroupOutcome<[Listing]> { GroupOutcome(listings) }

    /// A group as it is, nil where there is none, as an event.
    public func described(_ id: GroupID) -> GroupOutcome<ClassicGroup?> { GroupOutcome(groups[id]) }

    /// Deletes a group with its offsets. The answer is nil, or why not.
    public func deleteGroup(_ id: GroupID) -> GroupOutcome<GroupError?> {
        let written: [GroupRecord]
        if let group = consumerGroups[id] {
            guard group.members.isEmpty else { return GroupOutcome(.nonEmptyGroup) }
            written = group.tombstones.map { .consumerGroup(id, $0) }
        } else {
            guard let group = groups[id] else { return GroupOutcome(.groupIDNotFound) }
            do throws(GroupError) { try group.checkDeletion() } catch { return GroupOutcome(error) }
            written = [.groupMetadata(id, nil)]
        }
        var effects = GroupEffects()
        for partition in allPartitions(of: id) { effects.records.append(.offsetCommit(id, partition, nil)) }
        effects.records += written
        effects.notices.append(GroupNotice(group: id, event: .deleted))
        return GroupOutcome(nil, effects)
    }
}
