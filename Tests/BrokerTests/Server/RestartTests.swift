import CommitLog
import KafkaProtocol
import Records
import Testing

@testable import Broker

@Suite struct RestartTests {
    @Test func `topics, ids, configs and records are there after a clean restart`() async throws {
        let disk = MemoryFileSystem()
        let first = try await TestBroker(disk: disk)
        let id = try await first.createTopic("orders", partitions: 2, configs: ["retention.ms": "12345"])
        try await first.createTopic("gone")
        _ = try await first.send(DeleteTopicsRequest(topics: [.init(name: "gone")], timeoutMs: 1000))
        _ = try await first.produce(["a", "b"], to: "orders")
        let cluster = first.server.clusterID
        try await first.stop()

        let second = try await TestBroker(disk: disk)
        #expect(second.server.clusterID == cluster)
        let metadata = try await second.send(MetadataRequest(topics: nil))
        #expect(metadata.topics.map(\.name) == ["orders"])
        #expect(metadata.topics.first?.topicId == id)
        let configs = try await second.send(
            DescribeConfigsRequest(
                resources: [.init(resourceType: 2, resourceName: "orders", configurationKeys: ["retention.ms"])])
        )
        #expect(configs.results.first?.configs.first?.value == "12345")
        #expect(try await second.fetch("orders") == ["a", "b"])
        #expect(try await second.produce(["c"], to: "orders").baseOffset == 2)
        try await second.stop()
    }

    @Test(arguments: 1...10)
    func `what was acknowledged after a sync survives the loss of all that was not synced`(seed: Int) async throws {
        let disk = MemoryFileSystem()
        let first = try await TestBroker(disk: disk)
        try await first.createTopic("orders", configs: ["flush.messages": "1"])
        for value in ["a", "b", "c"] {
            let answer = try await first.produce([value], to: "orders")
            #expect(answer.errorCode == ErrorCode.none)
        }
        disk.stop(afterOperations: 0)
        try await first.stop()
        disk.restart(seed: UInt64(seed))

        let second = try await TestBroker(disk: disk)
        #expect(try await second.fetch("orders") == ["a", "b", "c"], "seed \(seed)")
        try await second.stop()
    }

    @Test func `a folder of another node is refused with both ids and its file`() async throws {
        let disk = MemoryFileSystem()
        let first = try await TestBroker(disk: disk)
        try await first.stop()
        let error = await #expect(throws: StartupError.self) { _ = try await TestBroker(disk: disk, ["node.id": "2"]) }
        let text = error?.description ?? ""
        #expect(text.contains("/data/meta.properties") && text.contains("node.id 1") && text.contains("node.id is 2"))
    }

    @Test func `folders of two clusters are refused with both ids`() async throws {
        let disk = MemoryFileSystem()
        for folder in ["/one", "/two"] {
            let broker = try await TestBroker(disk: disk, ["log.dirs": folder])
            try await broker.stop()
        }
        let error = await #expect(throws: StartupError.self) {
            _ = try await TestBroker(disk: disk, ["log.dirs": "/one,/two"])
        }
        #expect(error?.description.contains("/two/meta.properties") == true)
        #expect(error?.description.contains("/one/meta.properties") == true)
    }

    @Test func `a folder that no topic owns is set aside, not opened and not deleted`() async throws {
        let disk = MemoryFileSystem()
        try disk.createDirectory("/data/lost-0")
        let broker = try await TestBroker(disk: disk)
        let names = try disk.list("/data")
        #expect(!names.contains("lost-0"))
        #expect(names.contains { $0.hasPrefix("lost-0.") && $0.hasSuffix("-stray") })
        try await broker.stop()
    }

    @Test func `a refused topic leaves the metadata as it was`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.createTopic("orders")
        let before = try disk.contents(of: "/data/__cluster_metadata-0/00000000000000000000.log")
        #expect(before != nil)
        for topic in [
            CreateTopicsRequest.CreatableTopic(name: "orders", numPartitions: 1, replicationFactor: 1),
            .init(name: "bad/name", numPartitions: 1, replicationFactor: 1),
            .init(name: "many", numPartitions: 1, replicationFactor: 3),
            .init(name: "none", numPartitions: 0, replicationFactor: 1),
            .init(
                name: "wrong",
                numPartitions: 1,
                replicationFactor: 1,
                configs: [.init(name: "retention.ms", value: "x")]
            ),
        ] {
            let response = try await broker.send(CreateTopicsRequest(topics: [topic]))
            #expect(response.topics.first?.errorCode != ErrorCode.none)
        }
        #expect(try disk.contents(of: "/data/__cluster_metadata-0/00000000000000000000.log") == before)
        try await broker.stop()
    }
}
