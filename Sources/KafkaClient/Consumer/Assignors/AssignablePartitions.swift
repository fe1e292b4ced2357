import KafkaProtocol
import Records

/// The partitions of the topics that a group subscribes to, with the racks that hold them, as Kafka's own assignors
/// look at them.
struct AssignablePartitions {
    /// A topic with partitions.
    struct Topic {
        let name: TopicName
        /// In order.
        let partitions: [TopicPartition]
        /// For each partition the racks of its replicas.
        let racks: [Set<String>]
    }

    /// Topics that exist and have partitions, in the order of a Java hash table.
    let topics: [Topic]

    init(_ topics: [Topic]) { self.topics = HashOrder.sorted(topics) { $0.name.rawValue } }

    /// Topics without metadata are passed over.
    init(_ metadata: ClusterMetadata, _ group: GroupSubscription) {
        var seen: Set<TopicName> = []
        var topics: [Topic] = []
        for name in group.inHashOrder.flatMap(\.subscription.topics) where seen.insert(name).inserted {
            guard let topic = metadata.topics[name], !topic.partitions.isEmpty else { continue }
            topics.append(
                Topic(
                    name: name,
                    partitions: topic.partitions.map { TopicPartition(name, $0.index) },
                    racks: topic.partitions.map { Set($0.replicas.compactMap { metadata.brokers[$0]?.rack }) }
                )
            )
        }
        self.init(topics)
    }

    /// Whether racks make a difference: some member is in the rack of some replica, and not every rack holds everything.
    static func racksMatter(_ memberRacks: Set<String>, _ partitionRacks: [Set<String>]) -> Bool {
        let all = partitionRacks.reduce(into: Set<String>()) { $0.formUnion($1) }
        guard !memberRacks.isDisjoint(with: all) else { return false }
        return !partitionRacks.allSatisfy { $0 == all }
    }
}

extension GroupSubscription {
    /// The members in the order of a Java hash table.
    var inHashOrder: [Member] { HashOrder.sorted(members) { $0.memberID.rawValue } }

    /// The members in the order in which they are served.
    var inServingOrder: [Member] {
        inHashOrder.enumerated().sorted { a, b in
            if Member.precedes(a.element, b.element) { return true }
            return !Member.precedes(b.element, a.element) && a.offset < b.offset
        }.map(\.element)
    }
}

extension GroupSubscription.Member {
    /// Static members first, by instance id; then the others, by member id.
    static func precedes(_ a: GroupSubscription.Member, _ b: GroupSubscription.Member) -> Bool {
        switch (a.groupInstanceID, b.groupInstanceID) {
        case (let left?, let right?): left.utf16.lexicographicallyPrecedes(right.utf16)
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): a.memberID.precedesInJava(b.memberID)
        }
    }

    /// Its rack, where it names one.
    var rack: String? { subscription.rackID.flatMap { $0.isEmpty ? nil : $0 } }
}

extension MemberID {
    /// Java compares strings by their UTF-16 units.
    func precedesInJava(_ other: MemberID) -> Bool { rawValue.utf16.lexicographicallyPrecedes(other.rawValue.utf16) }
}
