import KafkaProtocol
import Records
import Testing

@testable import KafkaClient

/// Bytes of the consumer protocol, and settings.
struct ConsumerProtocolTests {
    private let subscription = MemberSubscription(
        topics: ["b", "a"],
        userData: [9],
        ownedPartitions: [TopicPartition("b", 1), TopicPartition("a", 0), TopicPartition("b", 0)],
        generationID: 4,
        rackID: "r"
    )

    @Test func `a subscription has the bytes of version 3`() throws {
        let expected: [UInt8] =
            [0, 3, 0, 0, 0, 2, 0, 1, 97, 0, 1, 98, 0, 0, 0, 1, 9]
            + [0, 0, 0, 2, 0, 1, 97, 0, 0, 0, 1, 0, 0, 0, 0]
            + [0, 1, 98, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]
            + [0, 0, 0, 4, 0, 1, 114]
        #expect(try subscription.encoded() == Bytes(expected))
    }

    @Test(arguments: Int16(0)...3)
    func `each version keeps what it knows`(version: Int16) throws {
        let read = try MemberSubscription(try subscription.encoded(version: version))
        #expect(read.topics == ["a", "b"])
        #expect(read.userData == [9])
        #expect(read.ownedPartitions == (version >= 1 ? subscription.ownedPartitions.sorted() : []))
        #expect(read.generationID == (version >= 2 ? 4 : nil))
        #expect(read.rackID == (version >= 3 ? "r" : nil))
    }

    @Test func `an assignment keeps the order of topics`() throws {
        let partitions = [TopicPartition("b", 1), TopicPartition("a", 0), TopicPartition("b", 0)]
        let bytes = try PartitionAssignment(partitions).encoded()
        #expect(try PartitionAssignment(bytes).partitions == [partitions[0], partitions[2], partitions[1]])
        for count in 0..<bytes.count { #expect(throws: WireError.self) { try PartitionAssignment(bytes[0..<count]) } }
    }

    @Test func `sticky user data comes back`() throws {
        let assignor = StickyAssignor()
        #expect(assignor.subscriptionUserData([]) == nil)
        let group = ConsumerGroupMetadata(groupID: "g", generationID: 7)
        assignor.onAssignment(PartitionAssignment([TopicPartition("t", 1)]), group)
        let expected: [UInt8] = [0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7]
        #expect(assignor.subscriptionUserData([]) == Bytes(expected))
    }

    @Test func `dotted names are read`() throws {
        let configuration = try ConsumerConfiguration(properties: [
            "group.id": "g", "auto.offset.reset": "by_duration:P1DT2H3M4.5S", "isolation.level": "read_committed",
            "partition.assignment.strategy": "org.apache.kafka.clients.consumer.CooperativeStickyAssignor,range",
            "bootstrap.servers": "a:1",
        ])
        #expect(configuration.autoOffsetReset == .byDuration(.milliseconds(93_784_500)))
        #expect(configuration.assignmentStrategies == [.cooperativeSticky, .range])
        #expect(configuration.isolationLevel == .readCommitted)
        #expect(configuration.commitsAutomatically)
        #expect(!ConsumerConfiguration().commitsAutomatically)
    }

    @Test(arguments: [
        ["nonsense": "1"], ["auto.offset.reset": "sometimes"], ["auto.offset.reset": "by_duration:PT"],
        ["auto.offset.reset": "by_duration:-PT1S"], ["heartbeat.interval.ms": "45000"],
        ["enable.auto.commit": "true"], ["partition.assignment.strategy": "mine"],
    ])
    func `settings that do not fit are refused`(properties: [String: String]) {
        #expect(throws: ConfigurationError.self) { try ConsumerConfiguration(properties: properties) }
    }

    @Test func `partitions added since the assignment are noticed, older news is not`() {
        func metadata(_ count: Int32, _ error: ErrorCode = .none) -> ClusterMetadata {
            var response = MetadataResponse()
            var topic = MetadataResponse.MetadataResponseTopic()
            topic.name = "t"
            topic.errorCode = error
            topic.partitions = (0..<count).map { index in
                var partition = MetadataResponse.MetadataResponsePartition()
                partition.partitionIndex = PartitionIndex(index)
                return partition
            }
            response.topics = [topic]
            return ClusterMetadata(response)
        }
        var assigned = AssignedTopics(metadata(2), ["t"])
        func expect(_ differs: Bool, _ news: ClusterMetadata) {
            let found = assigned.differ(from: news)
            #expect(found == differs)
        }
        expect(false, metadata(0, .unknownTopicOrPartition))
        expect(false, metadata(1))
        expect(false, metadata(2))
        expect(true, metadata(3))
        expect(true, metadata(0, .unknownTopicOrPartition))
    }
}
