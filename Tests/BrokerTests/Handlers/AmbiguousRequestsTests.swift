import KafkaProtocol
import Records
import Testing

@testable import Broker

/// Requests that name things twice, by two names, or not at all.
@Suite struct AmbiguousRequestsTests {
    @Test func `a topic that is named twice is not deleted`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("orders")
        try await broker.createTopic("others")
        for version in DeleteTopicsRequest.versions where version < 6 {
            let twice = DeleteTopicsRequest(topicNames: ["orders", "missing", "orders"])
            let results = try await broker.send(twice, version: version).responses
            #expect(results.map(\.name) == ["orders", "missing"])
            #expect(results.map(\.errorCode) == [.invalidRequest, .unknownTopicOrPartition])
        }
        let ambiguous: [(DeleteTopicsRequest, [String])] = [
            (
                DeleteTopicsRequest(topics: [.init(name: nil, topicId: id), .init(name: nil, topicId: id)]),
                ["Duplicate topic id."]
            ),
            (
                DeleteTopicsRequest(topics: [.init(name: "orders"), .init(name: nil, topicId: id)]),
                Array(repeating: "The provided topic name maps to an ID that was already supplied.", count: 2)
            ),
            (
                DeleteTopicsRequest(topics: [.init(name: "orders", topicId: id), .init(name: nil, topicId: .none)]),
                ["You may not specify both topic name and topic id.", "Neither topic name nor id were specified."]
            ),
        ]
        for (request, messages) in ambiguous {
            let results = try await broker.send(request).responses
            #expect(results.map(\.errorMessage) == messages)
            #expect(results.allSatisfy { $0.errorCode == .invalidRequest })
        }
        let rest = try await broker.send(MetadataRequest(topics: nil)).topics
        #expect(rest.map(\.name) == ["orders", "others"])
        let deleted = try await broker.send(DeleteTopicsRequest(topics: [.init(name: nil, topicId: id)])).responses
        #expect(deleted.map(\.errorCode) == [.none] && deleted.map(\.name) == ["orders"])
        try await broker.stop()
    }

    @Test func `nobody makes a topic of the metadata log's name`() async throws {
        let broker = try await TestBroker()
        let topic = CreateTopicsRequest.CreatableTopic(
            name: "__cluster_metadata",
            numPartitions: 1,
            replicationFactor: 1
        )
        let result = try #require(try await broker.send(CreateTopicsRequest(topics: [topic])).topics.first)
        #expect(result.errorCode == .invalidRequest)
        #expect(result.errorMessage == "Creation of internal topic __cluster_metadata is prohibited.")
        try await broker.stop()
    }

    @Test func `metadata is answered once for each topic`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("orders")
        for version in MetadataRequest.versions {
            let topics: [MetadataRequest.MetadataRequestTopic] = [.init(name: "orders"), .init(name: "orders")]
            let response = try await broker.send(MetadataRequest(topics: topics), version: version)
            #expect(response.topics.map(\.name) == ["orders"])
        }
        // Ids came with version 12; where there are some, names are not looked at.
        for version in MetadataRequest.versions where version >= 10 {
            let topics: [MetadataRequest.MetadataRequestTopic] = [
                .init(name: "others"), .init(topicId: id, name: nil), .init(topicId: id, name: nil),
            ]
            let response = try await broker.send(MetadataRequest(topics: topics), version: version)
            let codes = response.topics.map(\.errorCode)
            #expect(codes == (version < 12 ? Array(repeating: .invalidRequest, count: 3) : [.none]))
            #expect(response.brokers.isEmpty == (version < 12))
        }
        try await broker.stop()
    }

    @Test func `a cursor must be of a topic that is asked for`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders", partitions: 3)
        func ask(_ topic: TopicName, _ partition: PartitionIndex) async throws -> [ErrorCode] {
            let request = DescribeTopicPartitionsRequest(
                topics: [.init(name: "orders")],
                cursor: .init(topicName: topic, partitionIndex: partition)
            )
            return try await broker.send(request).topics.map(\.errorCode)
        }
        #expect(try await ask("others", 0) == [.invalidRequest])
        #expect(try await ask("orders", -1) == [.invalidRequest])
        #expect(try await ask("orders", 2) == [.none])
        try await broker.stop()
    }

    @Test func `a group that is named twice is deleted once`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        _ = try await broker.send(FindCoordinatorRequest(coordinatorKeys: ["g"]))
        let commit = OffsetCommitRequest(
            groupId: "g",
            generationIdOrMemberEpoch: -1,
            topics: [.init(name: "orders", partitions: [.init(partitionIndex: 0, committedOffset: 5)])]
        )
        let committed = try await broker.send(commit, version: 9)
        #expect(committed.topics.first?.partitions.first?.errorCode == ErrorCode.none)
        let results = try await broker.send(DeleteGroupsRequest(groupsNames: ["g", "h", "g"])).results
        #expect(results.map(\.groupId) == ["g", "h"])
        #expect(results.map(\.errorCode) == [.none, .groupIdNotFound])
        try await broker.stop()
    }
}
