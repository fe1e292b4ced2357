import CommitLog
import Logging
import NIOPosix
import Synchronization

/// Closes the logs of a broker that stops, on several threads: each waits for the disk most of the time, and a disk
/// makes many files durable in nearly the time of one.
final class LogClosing: Sendable {
    private static let maxThreads = 16

    private let partitions: [Partition]
    private let logger: Logger
    /// The partition that the next free thread takes.
    private let next = Mutex(0)
    private let failed = Mutex<Set<String>>([])

    /// Of partitions that take no more appends.
    init(_ partitions: [Partition], logger: Logger) {
        self.partitions = partitions
        self.logger = logger
    }

    /// Returns the log directories in which a log could not be closed; why stands in the log.
    func run() async throws -> Set<String> {
        guard !partitions.isEmpty else { return [] }
        let count = min(LogClosing.maxThreads, partitions.count)
        let pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<count {
                tasks.addTask { [self] in try await pool.runIfActive { self.closeSome() } }
            }
            try await tasks.waitForAll()
        }
        try await pool.shutdownGracefully()
        return failed.withLock { $0 }
    }

    private func closeSome() {
        while let partition = take() {
            do throws(LogError) {
                try partition.withWriterExcluded { (log) throws(LogError) in try log.close() }
            } catch {
                logger.error("closing \(partition.topicPartition): \(error)")
                failed.withLock { _ = $0.insert(partition.parentDirectory) }
            }
        }
    }

    private func take() -> Partition? {
        next.withLock { next in
            guard next < partitions.count else { return nil }
            defer { next += 1 }
            return partitions[next]
        }
    }
}
