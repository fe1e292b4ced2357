import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import Records
import Synchronization
import Testing
import Transport

@testable import KafkaClient

@Suite(.timeLimit(.minutes(10))) struct KafkaClientTests {
    @Test func `metadata is fetched and kept`() async throws {
        let bench = ClientBench(topics: ["orders": 3])
        let metadata = try await bench.client.metadata(for: ["orders"])
        #expect(metadata.topics["orders"]?.partitions.count == 3)
        #expect(metadata.leader(of: TopicPartition("orders", 2))?.host == "broker")
        #expect(bench.client.cachedMetadata == metadata)
        await bench.client.close()
    }

    @Test func `a topic that does not come is a timeout that names it`() async throws {
        let bench = ClientBench()
        let error = await #expect(throws: KafkaError.self) {
            try await bench.client.metadata(for: ["nowhere"], timeout: .milliseconds(30))
        }
        #expect(error?.code == .requestTimedOut)
        #expect(error?.message.contains("nowhere") == true)
        await bench.client.close()
    }

    @Test func `a topic that appears while somebody waits is found`() async throws {
        let bench = ClientBench()
        async let metadata = bench.client.metadata(for: ["late"])
        bench.broker.state.withLock { $0.partitions["late"] = 1 }
        #expect(try await metadata.topics["late"]?.partitions.count == 1)
        await bench.client.close()
    }

    @Test(arguments: [Int16(0), 2, 3])
    func `an older broker is asked again with version 0`(latest: Int16) async throws {
        let bench = ClientBench(topics: ["t": 1])
        bench.broker.state.withLock { $0.latestVersions[.apiVersions] = latest }
        _ = try await bench.client.metadata(for: ["t"])
        #expect(bench.broker.state.withLock { Array($0.served.prefix(2)) } == [.apiVersions, .apiVersions])
        await bench.client.close()
    }

    @Test(arguments: [Int16(0), 3, 5, 9, 12])
    func `the highest version that both speak is used`(latest: Int16) async throws {
        let bench = ClientBench(topics: ["t": 2])
        bench.broker.state.withLock { $0.latestVersions[.metadata] = latest }
        #expect(try await bench.client.metadata(for: ["t"]).topics["t"]?.partitions.count == 2)
        await bench.client.close()
    }

    @Test(arguments: [Int16(0), 2, 3, 6])
    func `a coordinator is looked up and lookups that fail are repeated`(latest: Int16) async throws {
        let bench = ClientBench()
        bench.broker.state.withLock {
            $0.latestVersions[.findCoordinator] = latest
            $0.coordinatorFailures = 3
        }
        _ = try await bench.client.send(DescribeGroupsRequest(groups: ["g"]), to: .group("g"))
        let lookups = bench.broker.state.withLock { $0.served.count { $0 == .findCoordinator } }
        #expect(lookups == 4)
        _ = try await bench.client.send(DescribeGroupsRequest(groups: ["g"]), to: .group("g"))
        #expect(bench.broker.state.withLock { $0.served.count { $0 == .findCoordinator } } == 4)
        await bench.client.close()
    }

    @Test func `a version that the broker does not speak is an error that says so`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        bench.broker.state.withLock { $0.latestVersions[.produce] = 2 }
        let producer = try bench.producer()
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send(ProducerRecord(topic: "t", value: [1]))
        }
        #expect(error?.code == .unsupportedVersion)
        await bench.client.close()
    }

    @Test func `a connection that cannot be made names node and address`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = try await TCPListener.bind(
            host: "127.0.0.1",
            port: 0,
            group: group,
            service: FakeBroker(topics: [:]),
            logger: logger
        )
        let port = listener.port
        try await listener.close()
        var configuration = ClientConfiguration(bootstrapServers: [NetworkAddress(host: "127.0.0.1", port: port)])
        configuration.apiTimeout = .milliseconds(50)
        configuration.requestTimeout = .milliseconds(50)
        let client = KafkaClient(configuration, logger: logger)
        let error = await #expect(throws: KafkaError.self) { try await client.send(MetadataRequest()) }
        let sentence = "Connection to node -1 (/127.0.0.1:\(port)) could not be established."
        #expect(error?.message == "\(sentence) Node may not be available.")
        await client.close()
    }

    @Test func `it speaks over TCP too and finds the server that lives`() async throws {
        let broker = FakeBroker(topics: ["t": 1])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = try await TCPListener.bind(
            host: "127.0.0.1",
            port: 0,
            group: MultiThreadedEventLoopGroup.singleton,
            service: broker,
            logger: logger
        )
        let dead = NetworkAddress(host: "127.0.0.1", port: 1)
        let alive = NetworkAddress(host: "127.0.0.1", port: listener.port)
        var configuration = ClientConfiguration(bootstrapServers: [dead, alive])
        configuration.retryBackoff = .milliseconds(1)
        let client = KafkaClient(configuration, logger: logger)
        #expect(try await client.send(MetadataRequest()).brokers.count == 1)
        await client.close()
        try await listener.close()
    }

    @Test func `closing fails what waits`() async throws {
        let bench = ClientBench()
        let metadata = Task { try await bench.client.metadata(for: ["nowhere"]) }
        await bench.client.close()
        await #expect(throws: KafkaError.self) { try await metadata.value }
        await #expect(throws: KafkaError.self) { try await bench.client.send(MetadataRequest()) }
    }
}
