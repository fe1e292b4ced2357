import Foundation
import KafkaProtocol
import Records
import Synchronization
import Testing

@testable import KafkaClient

/// The consumer against the broker of this package, within the process.
@Suite(.timeLimit(.minutes(10))) struct ConsumerIntegrationTests {
    private let first = TopicPartition("t", 0)
    private let second = TopicPartition("t", 1)

    @Test func `assigned partitions are read from the beginning`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t", partitions: 2)
            try await harness.write(0..<100, to: first)
            try await harness.write(100..<200, to: second)
            let consumer = try harness.consumer()
            try consumer.assign([first, second])
            let values = try await consumer.values(200)
            #expect(values.sorted() == Array(0..<200))
            #expect(values.filter { $0 < 100 } == Array(0..<100))
            #expect(try await consumer.position(of: first) == 100)
            #expect(try consumer.currentLag(of: first) == 0)
            try await harness.write(200..<210, to: second)
            #expect(try await consumer.values(10) == Array(200..<210))
            try await consumer.close()
        }
    }

    @Test func `seek goes anywhere, also into the middle of a batch`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<100, to: first)
            let consumer = try harness.consumer()
            try consumer.assign([first])
            _ = try await consumer.values(100)
            try consumer.seek(first, to: 37)
            #expect(try await consumer.values(63) == Array(37..<100))
            try consumer.seekToEnd()
            #expect(try await consumer.position(of: first) == 100)
            try consumer.seekToBeginning([first])
            #expect(try await consumer.values(100) == Array(0..<100))
            #expect(throws: KafkaError.self) { try consumer.seek(second, to: 0) }
            try await consumer.close()
        }
    }

    @Test func `a position out of range is reset, or thrown where there is no policy`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<10, to: first)
            let consumer = try harness.consumer()
            try consumer.assign([first])
            try consumer.seek(first, to: 1000)
            #expect(try await consumer.values(10) == Array(0..<10))
            let strict = try harness.consumer { $0.autoOffsetReset = .none }
            try strict.assign([first])
            await #expect(throws: KafkaError.self) { _ = try await strict.poll(timeout: .seconds(300)) }
            try strict.seek(first, to: 5)
            #expect(try await strict.values(5) == Array(5..<10))
            try strict.seek(first, to: 1000)
            let error = await #expect(throws: KafkaError.self) { _ = try await strict.poll(timeout: .seconds(300)) }
            #expect(error?.code == .offsetOutOfRange)
            try await consumer.close()
            try await strict.close()
        }
    }

    @Test func `a paused partition gives nothing until it is resumed`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t", partitions: 2)
            let consumer = try harness.consumer()
            try consumer.assign([first, second])
            try consumer.pause([first])
            #expect(consumer.paused == [first])
            try await harness.write(0..<10, to: first)
            try await harness.write(10..<20, to: second)
            #expect(try await consumer.values(10) == Array(10..<20))
            #expect(try await consumer.poll(timeout: .milliseconds(20)).isEmpty)
            try consumer.resume([first])
            #expect(try await consumer.values(10) == Array(0..<10))
            try await consumer.close()
        }
    }

    @Test func `offsets are found by time and at both ends`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t", partitions: 2)
            try await harness.write(0..<50, to: first)
            let consumer = try harness.consumer()
            #expect(try await consumer.beginningOffsets([first, second]) == [first: 0, second: 0])
            #expect(try await consumer.endOffsets([first, second]) == [first: 50, second: 0])
            let found = try await consumer.offsetsForTimes([first: 20, second: 20])
            #expect(found[first]??.offset == 20)
            #expect(found[second] == .some(nil))
            try await consumer.close()
        }
    }

    @Test func `one poll gives whole batches up to max poll records`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<6, to: first, isBatched: false)
            let consumer = try harness.consumer { $0.maxPollRecords = 2 }
            try consumer.assign([first])
            var sizes: [Int] = []
            while sizes.reduce(0, +) < 6 {
                let fetched = try await consumer.poll(timeout: .seconds(300))
                sizes.append(try fetched.reduce(0) { $0 + (try $1.records().count) })
            }
            #expect(sizes == [2, 2, 2])
            #expect(try await consumer.position(of: first) == 6)
            try await consumer.close()
        }
    }

    @Test func `what a group has committed is where the next member begins`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<10, to: first)
            let consumer = try harness.consumer(group: "g") { $0.enablesAutoCommit = false }
            let listener = RecordingListener()
            try consumer.subscribe(["t"], listener: listener)
            #expect(try await consumer.values(10) == Array(0..<10))
            #expect(try await consumer.committed([first]).isEmpty)
            try await consumer.commit([first: OffsetAndMetadata(4, metadata: "four")])
            #expect(try await consumer.committed([first])[first]?.metadata == "four")
            try await consumer.close()
            #expect(listener.events == [.assigned([first]), .revoked([first])])
            let successor = try harness.consumer(group: "g")
            try successor.subscribe(["t"])
            #expect(try await successor.values(6) == Array(4..<10))
            try await successor.close()
            let third = try harness.consumer(group: "g")
            #expect(try await third.committed([first])[first]?.offset == 10)
            try await third.close()
        }
    }

    @Test func `two members share a topic and hand over eagerly`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t", partitions: 2)
            let (one, two) = (try harness.consumer(group: "g"), try harness.consumer(group: "g"))
            let (heardByOne, heardByTwo) = (RecordingListener(), RecordingListener())
            try one.subscribe(["t"], listener: heardByOne)
            try await one.poll { one.assignment == [first, second] }
            try two.subscribe(["t"], listener: heardByTwo)
            async let polling: Void = one.poll { one.assignment.count == 1 && two.assignment.count == 1 }
            try await two.poll { one.assignment.count == 1 && two.assignment.count == 1 }
            try await polling
            #expect(one.assignment.union(two.assignment) == [first, second])
            #expect(heardByOne.events.prefix(2) == [.assigned([first, second]), .revoked([first, second])])
            #expect(heardByOne.events.count == 3)
            #expect(heardByTwo.events.count == 1)
            try await two.close()
            try await one.poll { one.assignment == [first, second] }
            try await one.close()
        }
    }

    @Test func `a cooperative member keeps what it need not give`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t", partitions: 2)
            let one = try harness.consumer(group: "g", [.cooperativeSticky])
            let two = try harness.consumer(group: "g", [.cooperativeSticky])
            let (heardByOne, heardByTwo) = (RecordingListener(), RecordingListener())
            try one.subscribe(["t"], listener: heardByOne)
            try await one.poll { one.assignment == [first, second] }
            try two.subscribe(["t"], listener: heardByTwo)
            async let polling: Void = one.poll { one.assignment.count == 1 && two.assignment.count == 1 }
            try await two.poll { one.assignment.count == 1 && two.assignment.count == 1 }
            try await polling
            let revoked = heardByOne.events.compactMap { event -> [TopicPartition]? in
                if case .revoked(let partitions) = event { return partitions }
                return nil
            }
            #expect(revoked == [two.assignment.sorted()])
            #expect(heardByTwo.events.last == .assigned(two.assignment.sorted()))
            try await harness.write(0..<5, to: first)
            try await harness.write(5..<10, to: second)
            let values = (try await one.values(5), try await two.values(5))
            #expect((values.0 + values.1).sorted() == Array(0..<10))
            try await one.close()
            try await two.close()
        }
    }

    @Test func `a pattern takes topics in as they appear`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("in-a")
            try await harness.topic("out")
            let consumer = try harness.consumer(group: "g") { $0.metadataMaxAge = .milliseconds(50) }
            try consumer.subscribe(try TopicPattern(regularExpression: "in-.*"))
            try await consumer.poll { consumer.assignment == [TopicPartition("in-a", 0)] }
            try await harness.topic("in-b")
            try await consumer.poll { consumer.assignment.count == 2 }
            #expect(consumer.subscription == ["in-a", "in-b"])
            try await consumer.close()
        }
    }

    @Test func `a thread polls, and is woken`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<10, to: first)
            let consumer = try harness.consumer(group: "g")
            try consumer.subscribe(["t"])
            let outcome: Result<[Int], any Error> = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        returning: Result {
                            var values: [Int] = []
                            while values.count < 10 {
                                for fetched in try consumer.pollBlocking(timeout: .seconds(300)) {
                                    values += try fetched.values()
                                }
                            }
                            try consumer.commitBlocking()
                            let committed = try consumer.committedBlocking([TopicPartition("t", 0)])
                            values.append(Int(committed.values.first?.offset.rawValue ?? -1))
                            consumer.wakeup()
                            let woken = try consumer.pollBlocking(timeout: .seconds(50))
                            values.append(woken.count)
                            try consumer.closeBlocking()
                            return values
                        }
                    )
                }
            }
            #expect(try outcome.get() == Array(0..<10) + [10, 0])
        }
    }

    @Test func `positions are committed while polling and when closing`() async throws {
        try await ConsumerHarness.run { harness in
            try await harness.topic("t")
            try await harness.write(0..<10, to: first)
            let consumer = try harness.consumer(group: "g") { $0.autoCommitInterval = .milliseconds(1) }
            try consumer.subscribe(["t"])
            _ = try await consumer.values(10)
            while try await consumer.committed([first])[first]?.offset != 10 {
                _ = try await consumer.poll(timeout: .milliseconds(5))
            }
            try await consumer.close()
            await #expect(throws: KafkaError.self) { _ = try await consumer.poll(timeout: .zero) }
        }
    }
}
