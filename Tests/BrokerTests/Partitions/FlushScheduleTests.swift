import CommitLog
import Logging
import Records
import Testing

@testable import Broker

@Suite struct FlushScheduleTests {
    private func partition(flushMs: Int64) throws -> Partition {
        let topicPartition = TopicPartition("t", 0)
        var configuration = LogConfiguration()
        configuration.flushMs = flushMs
        let log = try PartitionLog.open(
            directory: "/data/t-0",
            topicPartition: topicPartition,
            fileSystem: MemoryFileSystem(),
            configuration: configuration,
            recovery: .clean,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: 0
        )
        return Partition(topicPartition: topicPartition, topicID: .none, log: log, leaderEpoch: 0)
    }

    @Test func `a partition is flushed when its records have waited for flush ms`() throws {
        let partition = try partition(flushMs: 500)
        var schedule = FlushSchedule()
        #expect(schedule.takeDue([partition], now: 0).isEmpty)
        _ = try partition.append(try batch(["a"]), origin: .client, now: 1000)
        #expect(schedule.takeDue([partition], now: 1000).isEmpty)
        #expect(schedule.takeDue([partition], now: 1499).isEmpty)
        #expect(schedule.takeDue([partition], now: 1500).count == 1)
        try partition.flush()
        #expect(partition.log.recoveryPoint == 1)
        #expect(schedule.takeDue([partition], now: 9000).isEmpty)
    }

    @Test func `without flush ms nothing is ever due`() throws {
        let partition = try partition(flushMs: .max)
        _ = try partition.append(try batch(["a"]), origin: .client, now: 1000)
        var schedule = FlushSchedule()
        #expect(schedule.takeDue([partition], now: 1000).isEmpty)
        #expect(schedule.takeDue([partition], now: Timestamp(.max)).isEmpty)
    }
}
