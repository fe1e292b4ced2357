import Records

extension ClassicGroup {
    /// Whether a member of this type and with these protocols fits: the type is the group's, and at least one protocol
    /// is supported by every member there is.
    func accepts(protocolType type: String, _ protocols: [GroupProtocol]) -> Bool {
        switch state {
        case .empty: !type.isEmpty && !protocols.isEmpty
        case .preparingRebalance, .completingRebalance, .stable, .dead:
            protocolType == type && protocols.contains { isSupportedByAll($0.name) }
        }
    }

    /// The protocol with the most votes, where each member votes for the first of its list that all support; between
    /// equals, the one that was voted for first. Nil only for a group without members.
    func electedProtocol() -> String? {
        var votes: [(name: String, count: Int)] = []
        for member in orderedMembers {
            guard let vote = member.protocols.first(where: { isSupportedByAll($0.name) }) else { continue }
            if let index = votes.firstIndex(where: { $0.name == vote.name }) {
                votes[index].count += 1
            } else {
                votes.append((vote.name, 1))
            }
        }
        var winner = votes.first
        for vote in votes.dropFirst() where vote.count > (winner?.count ?? 0) { winner = vote }
        return winner?.name
    }

    private func isSupportedByAll(_ name: String) -> Bool { members.values.allSatisfy { $0.supports(name) } }

    /// Whether a member of the group consumes `topic`, as far as its members' metadata tells. A group of consumers
    /// whose metadata cannot be read is taken to be subscribed to everything.
    public func isSubscribed(to topic: TopicName) -> Bool {
        subscribedTopics?.contains(topic) ?? usesConsumerProtocol
    }

    /// The topics that the members subscribe to; nil when it is not known.
    var subscribedTopics: Set<TopicName>? {
        guard usesConsumerProtocol else { return nil }
        if members.isEmpty { return [] }
        guard let protocolName else { return nil }
        var topics: Set<TopicName> = []
        for member in members.values {
            guard let metadata = member.metadata(for: protocolName),
                let subscribed = ConsumerSubscriptionTopics.parse(metadata)
            else { return nil }
            topics.formUnion(subscribed)
        }
        return topics
    }
}
