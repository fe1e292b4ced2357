import KafkaProtocol
import Records
import Testing

@testable import KafkaClient

/// Assignments of Apache Kafka's own assignors for random groups, compared partition by partition, with their order.
struct AssignorVectorTests {
    /// One group, and what each assignor gave its members.
    struct Case: CustomTestStringConvertible {
        var name: String
        var metadata = ClusterMetadata()
        var members: [GroupSubscription.Member] = []
        var expected: [(assignor: String, lists: [[TopicPartition]])] = []
        var testDescription: String { name }

        init(_ words: String) {
            name = words
            let halves = words.components("|")
            let hasRacks = halves[1] == "racks"
            for id in 0..<Int32(3) {
                let rack = hasRacks ? "r\(id)" : nil
                metadata.brokers[BrokerID(id)] = BrokerNode(id: BrokerID(id), host: "h", port: 1, rack: rack)
            }
            for topic in halves[0].components(" ") {
                let sides = topic.components("=")
                let partitions = sides[1].components(",").enumerated().map { index, replicas in
                    PartitionMetadata(
                        index: PartitionIndex(Int32(index)),
                        error: .none,
                        leader: 0,
                        leaderEpoch: 0,
                        replicas: replicas.components("/").compactMap { Int32($0).map { BrokerID($0) } },
                        inSyncReplicas: [],
                        offlineReplicas: []
                    )
                }
                let name = TopicName(sides[0])
                metadata.topics[name] = TopicMetadata(
                    name: name,
                    id: .none,
                    error: .none,
                    isInternal: false,
                    partitions: partitions
                )
            }
        }

        mutating func add(_ line: String) {
            let parts = line.components("|", keepingEmpty: true)
            let words = parts[0].components(" ")
            if words[0] == "assign" {
                expected.append((words[1], parts.dropFirst().map(Case.partitions)))
                return
            }
            members.append(
                GroupSubscription.Member(
                    MemberID(words[1]),
                    groupInstanceID: words[2] == "-" ? nil : words[2],
                    MemberSubscription(
                        topics: parts[1].components(" ").map { TopicName($0) },
                        ownedPartitions: Case.partitions(parts[2]),
                        generationID: Int32(words[4]).flatMap { $0 < 0 ? nil : $0 },
                        rackID: words[3] == "-" ? nil : words[3]
                    )
                )
            )
        }

        private static func partitions(_ text: String) -> [TopicPartition] {
            text.components(" ").compactMap { word in
                let sides = word.components("-")
                return Int32(sides[1]).map { TopicPartition(TopicName(sides[0]), PartitionIndex($0)) }
            }
        }
    }

    static func cases(_ text: String) -> [Case] {
        text.split(separator: "\n").reduce(into: []) { cases, line in
            if line.hasPrefix("case ") {
                cases.append(Case(String(line.dropFirst(5))))
            } else {
                cases[cases.count - 1].add(String(line))
            }
        }
    }

    @Test(arguments: cases(assignorVectors))
    func `assignments are those of Java`(vector: Case) throws {
        let group = GroupSubscription(vector.members)
        for (name, lists) in vector.expected {
            // Eager assignors are told of no owned partitions.
            let told = name == "cooperative-sticky" ? group : group.withoutOwnedPartitions
            let assignor = try #require(AssignmentStrategy(name)).makeAssignor()
            let assigned = try assignor.assign(vector.metadata, told)
            for (member, list) in zip(vector.members, lists) {
                #expect(assigned[member.memberID]?.partitions == list, "\(name), \(member.memberID)")
            }
        }
    }
}

extension GroupSubscription {
    var withoutOwnedPartitions: GroupSubscription {
        GroupSubscription(
            members.map { member in
                var subscription = member.subscription
                subscription.ownedPartitions = []
                return Member(member.memberID, groupInstanceID: member.groupInstanceID, subscription)
            }
        )
    }
}

extension String {
    func components(_ separator: Character, keepingEmpty: Bool = false) -> [String] {
        split(separator: separator, omittingEmptySubsequences: !keepingEmpty).map { String($0.trimmingSpaces) }
    }
}
