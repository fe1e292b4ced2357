import KafkaClient
import Records
import Testing

@testable import CommandLine

struct TopicDescriptionTests {
    @Test func `a topic and its partitions are shown as Kafka shows them`() throws {
        let golden = try GoldenCall.call(32).stdout ?? ""
        let lines = try topic("parts3", 3).lines([], liveBrokers: [1])
        #expect(lines.map { $0 + "\n" }.joined() == golden)
    }

    @Test func `configs that nobody set are left out`() throws {
        var topic = try topic("cfg", 1)
        topic.configs = [
            .init(name: "min.insync.replicas", value: "1", isDefault: false),
            .init(name: "retention.ms", value: "604800000", isDefault: true),
            .init(name: "cleanup.policy", value: "compact", isDefault: false),
        ]
        #expect(topic.heading.hasSuffix("\tConfigs: min.insync.replicas=1,cleanup.policy=compact"))
        #expect(topic.lines(.overrides, liveBrokers: [1]).count == 1)
        topic.configs = []
        #expect(topic.lines(.overrides, liveBrokers: [1]).isEmpty)
    }

    @Test func `each report picks its partitions`() throws {
        var topic = try topic("t", 4)
        topic.configs = [.init(name: "min.insync.replicas", value: "2", isDefault: true)]
        topic.partitions[0].replicas = [1, 2, 3]
        topic.partitions[0].inSyncReplicas = [1, 2]
        topic.partitions[1].leader = .none
        topic.partitions[2].leader = 9
        topic.partitions[3].replicas = [1, 2]
        topic.partitions[3].inSyncReplicas = [1, 2]
        func picked(_ report: TopicDescription.Report) -> [String] {
            topic.lines(report, liveBrokers: [1]).compactMap {
                $0.split(separator: "\t").first { $0.hasPrefix("Partition: ") }.map { String($0.dropFirst(11)) }
            }
        }
        #expect(picked(.underReplicated) == ["0"])
        #expect(picked(.unavailable) == ["1", "2"])
        #expect(picked(.underMinInSync) == ["1", "2"])
        #expect(picked(.atMinInSync) == ["0", "3"])
        #expect(picked([.underReplicated, .unavailable]) == ["0", "1", "2"])
    }

    @Test func `a partition without leader, eligible replicas unknown, replicas on the move`() {
        var partition = PartitionDescription(index: 4, leader: .none, replicas: [1, 2, 3], inSyncReplicas: [1])
        #expect(
            partition.line(of: "t")
                == "\tTopic: t\tPartition: 4\tLeader: none\tReplicas: 1,2,3\tIsr: 1\tElr: N/A\tLastKnownElr: N/A"
        )
        partition.reassignment = .init(replicas: [1, 2, 3], adding: [3], removing: [])
        partition.eligibleLeaderReplicas = [2]
        partition.lastKnownEligibleLeaderReplicas = []
        #expect(partition.replicationFactor == 2)
        #expect(
            partition.line(of: "t")
                == "\tTopic: t\tPartition: 4\tLeader: none\tReplicas: 1,2,3\tIsr: 1\tAdding Replicas: 3"
                + "\tRemoving Replicas: \tElr: 2\tLastKnownElr: "
        )
    }

    private func topic(_ name: TopicName, _ count: Int32) throws -> TopicDescription {
        let id = try #require(KafkaUUID("4xA-CGdqRKGrVQjZpszl0g"))
        return TopicDescription(
            name: name,
            id: TopicID(id),
            partitions: (0..<count).map {
                PartitionDescription(
                    index: PartitionIndex($0),
                    leader: 1,
                    replicas: [1],
                    inSyncReplicas: [1],
                    eligibleLeaderReplicas: [],
                    lastKnownEligibleLeaderReplicas: []
                )
            },
            configs: [.init(name: "segment.bytes", value: "1073741824", isDefault: false)]
        )
    }
}
