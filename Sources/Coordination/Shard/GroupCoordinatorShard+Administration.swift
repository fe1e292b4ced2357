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
        /// `classic`: the protocol by which the group's members take part. See KIP-848.
        public let typeName: String
    }

    /// Every group, by id.
    public var listings: [Listing] {
        groups.values.sorted { $0.id < $1.id }.map {
            Listing(id: $0.id, protocolType: $0.protocolType ?? "", state: $0.state.name, typeName: "classic")
        }
    }

    /// ``listings`` as an event, for a shell that treats all requests alike.
    public func listed() -> GroupOutcome<[Listing]> { GroupOutcome(listings) }

    /// A group as it is, nil where there is none, as an event.
    public func described(_ id: GroupID) -> GroupOutcome<ClassicGroup?> { GroupOutcome(groups[id]) }

    /// Deletes a group with its offsets. The answer is nil, or why not.
    public func deleteGroup(_ id: GroupID) -> GroupOutcome<GroupError?> {
        guard let group = groups[id] else { return GroupOutcome(.groupIDNotFound) }
        do throws(GroupError) { try group.checkDeletion() } catch { return GroupOutcome(error) }
        var effects = GroupEffects()
        for partition in allPartitions(of: id) { effects.records.append(.offsetCommit(id, partition, nil)) }
        effects.records.append(.groupMetadata(id, nil))
        effects.notices.append(GroupNotice(group: id, event: .deleted))
        return GroupOutcome(nil, effects)
    }
}
