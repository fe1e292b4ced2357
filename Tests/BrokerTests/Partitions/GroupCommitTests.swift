import CommitLog
import Logging
import Records
import Synchronization
import Testing

@testable import Broker

/// With `flush.messages` an acknowledgement means: on the disk.
@Suite struct `Group commit` {
    /// A partition whose disk works only when told to.
    private final class Site: Sendable {
        let disk = MemoryFileSystem()
        let queued = Mutex<[@Sendable () -> Void]>([])
        let outcomes = Mutex<[String]>([])
        let syncs = Mutex(0)

        func open(flushMessages: Int64) throws -> Partition {
            var configuration = LogConfiguration()
            configuration.flushMessages = flushMessages
            let partition = TopicPartition("t", 0)
            let log = try PartitionLog.open(
                directory: "/data/t-0",
                topicPartition: partition,
                fileSystem: disk,
                configuration: configuration,
                recovery: .clean,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                now: 0
            )
            return Partition(
                topicPartition: partition,
                topicID: .none,
                log: log,
                leaderEpoch: 0,
                onDisk: { work in self.queued.withLock { $0.append(work) } }
            )
        }

        /// Appends one record and waits for it under `name`.
        func append(_ name: String, to partition: Partition) throws {
            let result = try partition.append(try batch([name]), origin: .client, now: 1000)
            partition.whenCommitted(upTo: result.lastOffset + 1) { failure in
                self.outcomes.withLock { $0.append(failure == nil ? name : "\(name) failed") }
            }
        }

        /// Lets the disk do what is queued.
        func work() {
            while let next = queued.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { next() }
        }

        func countSyncs(failing: Bool = false) {
            disk.injectFaults { change in
                guard change.operation == "sync", change.path.hasSuffix(".log") else { return nil }
                let number = self.syncs.withLock { count in
                    count += 1
                    return count
                }
                return failing && number == 1 ? 5 : nil
            }
        }

        var told: [String] { outcomes.withLock { $0 } }
    }

    @Test func `appends that come while the disk works share one flush, and nobody sees them before`() throws {
        let site = Site()
        let partition = try site.open(flushMessages: 1)
        site.countSyncs()
        for name in ["a", "b", "c"] { try site.append(name, to: partition) }
        #expect(partition.logEndOffset == 3)
        #expect(partition.highWatermark == 0)
        #expect(site.told.isEmpty)
        #expect(site.queued.withLock { $0.count } == 1)
        site.work()
        #expect(site.told == ["a", "b", "c"])
        #expect(partition.highWatermark == 3)
        #expect(site.syncs.withLock { $0 } == 1)
        site.disk.restart(seed: 1, loss: .everything)
        let again = try site.open(flushMessages: 1)
        #expect(again.logEndOffset == 3)
    }

    @Test func `every third record is flushed, with all before it; the others are committed at once`() throws {
        let site = Site()
        let partition = try site.open(flushMessages: 3)
        for name in ["a", "b"] { try site.append(name, to: partition) }
        #expect(site.told == ["a", "b"] && partition.highWatermark == 2)
        for name in ["c", "d"] { try site.append(name, to: partition) }
        #expect(site.told == ["a", "b"] && partition.highWatermark == 2)
        site.work()
        #expect(site.told == ["a", "b", "c", "d"] && partition.highWatermark == 4)
    }

    @Test func `a waiting fetch is woken when the records are on the disk`() throws {
        final class Waiter: AppendWaiter {
            let count = Mutex(0)
            func appended(bytes: Int) { count.withLock { $0 += 1 } }
            func released() {}
        }
        let site = Site()
        let partition = try site.open(flushMessages: 1)
        let waiter = Waiter()
        #expect(partition.wait(waiter, seenHighWatermark: 0) == .waiting)
        try site.append("a", to: partition)
        #expect(waiter.count.withLock { $0 } == 0)
        site.work()
        #expect(waiter.count.withLock { $0 } == 1)
        #expect(partition.wait(Waiter(), seenHighWatermark: 0) == .grown)
    }

    @Test func `a retry of a batch that is not on the disk yet waits as the batch does`() throws {
        let site = Site()
        let partition = try site.open(flushMessages: 1)
        for attempt in ["first", "again"] {
            var builder = RecordBatchBuilder(producerID: 7, producerEpoch: 0, baseSequence: 0)
            builder.append(timestamp: 1000, key: nil, value: Bytes(utf8: "a"))
            let result = try partition.append(try builder.build(), origin: .client, now: 1000)
            #expect(result.baseOffset == 0 && result.isDuplicate == (attempt == "again"))
            partition.whenCommitted(upTo: result.lastOffset + 1) { _ in site.outcomes.withLock { $0.append(attempt) } }
        }
        #expect(site.told.isEmpty)
        site.work()
        #expect(site.told == ["first", "again"] && partition.logEndOffset == 1)
    }

    @Test func `a failed fsync fails all who wait for it, and no later one makes up for it`() throws {
        let site = Site()
        let partition = try site.open(flushMessages: 1)
        try site.append("kept", to: partition)
        site.work()
        site.countSyncs(failing: true)
        for name in ["a", "b"] { try site.append(name, to: partition) }
        site.work()
        #expect(site.told == ["kept", "a failed", "b failed"])
        #expect(partition.highWatermark == 1)
        #expect(throws: PartitionError.self) { try site.append("c", to: partition) }
        partition.whenCommitted(upTo: 2) { failure in
            site.outcomes.withLock { $0.append(failure == nil ? "late" : "late failed") }
        }
        site.work()
        #expect(site.told.last == "late failed")
        #expect(site.syncs.withLock { $0 } == 1)
        #expect(try partition.log.read(from: 0, maxBytes: 100, upTo: 1).sizeInBytes > 0)
    }
}
