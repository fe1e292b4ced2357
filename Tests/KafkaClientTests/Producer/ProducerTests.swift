import KafkaProtocol
import Records
import Synchronization
import Testing

@testable import KafkaClient

@Suite(.timeLimit(.minutes(10))) struct ProducerTests {
    private let topic = TopicName("t")

    @Test func `a record is sent and acknowledged`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        let producer = try bench.producer()
        for number in 0..<3 {
            let metadata = try await producer.send(
                ProducerRecord(topic: "t", key: Bytes(utf8: "k"), value: Bytes(utf8: "\(number)"))
            )
            #expect(metadata.offset == Offset(Int64(number)))
            #expect(metadata.topicPartition == TopicPartition("t", 0))
            #expect(metadata.serializedKeySize == 1)
        }
        #expect(bench.broker.state.withLock { $0.log[TopicPartition("t", 0)] } == ["0", "1", "2"])
        await producer.close()
        await bench.client.close()
    }

    @Test func `keys decide the partition as in Java`() async throws {
        let bench = ClientBench(topics: ["t": 7])
        let producer = try bench.producer()
        for key in ["han", "choi", "kim"] {
            let metadata = try await producer.send(ProducerRecord(topic: "t", key: Bytes(utf8: key), value: nil))
            #expect(metadata.topicPartition.partition == PartitionIndex(forKey: Bytes(utf8: key), of: 7))
            #expect(metadata.serializedValueSize == -1)
        }
        await producer.close()
        await bench.client.close()
    }

    @Test(arguments: Compression.allCases)
    func `every codec arrives`(compression: Compression) async throws {
        let bench = ClientBench(topics: ["t": 1])
        let producer = try bench.producer {
            $0.compression = compression
            $0.linger = .milliseconds(1)
        }
        try enqueue(producer, count: 500)
        try await producer.flush()
        #expect(bench.broker.state.withLock { $0.log[TopicPartition("t", 0)] } == (0..<500).map { "\($0)" })
        await bench.client.close()
    }

    @Test(arguments: [ProducerConfiguration.Acks.none, .leader, .all])
    func `acks are kept`(acks: ProducerConfiguration.Acks) async throws {
        let bench = ClientBench(topics: ["t": 1])
        let producer = try bench.producer { $0.acks = acks }
        let metadata = try await producer.send(ProducerRecord(topic: "t", value: [1]))
        #expect(metadata.offset == (acks == .none ? Offset(-1) : 0))
        await producer.close()
        await bench.client.close()
    }

    /// Enqueues `0`, `1`, ... from a thread of its own, as a stream thread does.
    private func enqueue(_ producer: Producer, count: Int, partitions: Int32? = nil) throws {
        for number in 0..<count {
            let text = Array("\(number)".utf8)
            try text.withUnsafeBytes { value in
                try producer.enqueue(
                    topic: topic,
                    partition: partitions.map { PartitionIndex(Int32(number) % $0) },
                    timestamp: Timestamp(1),
                    key: nil,
                    value: value
                )
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `whatever fails nothing is lost or repeated or reordered`(seed: UInt64) async throws {
        let bench = ClientBench(topics: ["t": 3], seed: seed)
        let generator = SharedGenerator(seed: seed)
        bench.broker.state.withLock { state in
            state.faults = {
                switch generator.next() % 10 {
                case 0: .lostRequest
                case 1: .lostAnswer
                case 2: .error(.notLeaderOrFollower)
                case 3: .error(.notEnoughReplicas)
                default: nil
                }
            }
        }
        let producer = try bench.producer { $0.batchSizeBytes = 200 }
        try enqueue(producer, count: 3000, partitions: 3)
        try await producer.flush()
        for partition: Int32 in 0..<3 {
            let log = bench.broker.state.withLock { $0.log[TopicPartition("t", PartitionIndex(partition))] ?? [] }
            let expected = stride(from: Int(partition), to: 3000, by: 3).map { "\($0)" }
            #expect(log == expected, "seed \(seed), partition \(partition): \(log.count) records")
        }
        await bench.client.close()
    }

    @Test func `a full buffer makes the caller wait and loses nothing`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        let producer = try bench.producer {
            $0.batchSizeBytes = 500
            $0.bufferMemoryBytes = 1000
        }
        try enqueue(producer, count: 2000)
        try await producer.flush()
        #expect(bench.broker.state.withLock { $0.log[TopicPartition("t", 0)] } == (0..<2000).map { "\($0)" })
        await bench.client.close()
    }

    @Test func `every enqueued record is called back once`() async throws {
        let bench = ClientBench(topics: ["t": 2])
        let producer = try bench.producer()
        let kept = Kept()
        for number in 0..<100 {
            try [UInt8(number)].withUnsafeBytes { value in
                try producer.enqueue(topic: topic, partition: 1, timestamp: Timestamp(1), key: nil, value: value) {
                    kept.add($0)
                }
            }
        }
        try producer.flushBlocking()
        #expect(kept.offsets == (0..<100).map { Int64($0) })
        await bench.client.close()
    }

    private final class Kept: Sendable {
        private let all = Mutex<[Int64]>([])
        func add(_ result: Result<RecordMetadata, KafkaError>) {
            if case .success(let metadata) = result { all.withLock { $0.append(metadata.offset.rawValue) } }
        }
        var offsets: [Int64] { all.withLock { $0 } }
    }

    @Test func `a broker that never takes a record lets it fail at the delivery timeout`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        bench.broker.state.withLock { $0.faults = { .error(.notEnoughReplicas) } }
        let producer = try bench.producer {
            $0.deliveryTimeout = .milliseconds(500)
            $0.requestTimeout = .milliseconds(500)
        }
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send(ProducerRecord(topic: "t", value: [1]))
        }
        #expect(error?.code == .requestTimedOut || error?.code == .notEnoughReplicas)
        bench.broker.state.withLock { $0.faults = { nil } }
        #expect(try await producer.send(ProducerRecord(topic: "t", value: Bytes(utf8: "b"))).offset == 0)
        await bench.client.close()
    }

    @Test func `an error that no retry mends comes back at once`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        bench.broker.state.withLock { $0.faults = { .error(.invalidRecord) } }
        let producer = try bench.producer()
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send(ProducerRecord(topic: "t", value: [1]))
        }
        #expect(error?.code == .invalidRecord)
        bench.broker.state.withLock { $0.faults = { nil } }
        #expect(try await producer.send(ProducerRecord(topic: "t", value: [2])).offset == 0)
        await bench.client.close()
    }

    @Test func `a closed producer takes nothing and what waits has gone out`() async throws {
        let bench = ClientBench(topics: ["t": 1])
        let producer = try bench.producer { $0.linger = .seconds(10) }
        try enqueue(producer, count: 3)
        await producer.close()
        #expect(bench.broker.state.withLock { $0.log[TopicPartition("t", 0)] } == ["0", "1", "2"])
        await #expect(throws: KafkaError.self) { try await producer.send(ProducerRecord(topic: "t", value: [1])) }
        await bench.client.close()
    }
}
