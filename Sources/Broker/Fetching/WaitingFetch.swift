import KafkaProtocol
import NIOCore
import Records
import Synchronization
import Transport

/// A fetch in its long poll: waits on its partitions until enough was appended, its time is up, or its connection is
/// gone.
///
/// It costs a timer and an entry at each partition. An append only counts down; the fetch is read again, once, on its
/// own event loop.
///
/// Invariant: `state` is touched on the connection's event loop only; that is what makes the class Sendable.
final class WaitingFetch: AppendWaiter, ParkedRequest, @unchecked Sendable {
    private enum State {
        case idle
        case waiting(partitions: [Partition], deadline: Scheduled<Void>)
        case done
    }

    private let job: FetchJob
    private let reader: FetchReader
    private let answer: @Sendable (FetchResult) -> Void
    private var state = State.idle
    private let end: NIODeadline
    /// Bytes still to be appended before it is worth reading again.
    private let missing = Atomic(0)

    /// `answer` is called once, on the connection's event loop, unless the connection goes away before.
    init(_ job: FetchJob, _ reader: FetchReader, answer: @escaping @Sendable (FetchResult) -> Void) {
        self.job = job
        self.reader = reader
        self.answer = answer
        end = .now() + .milliseconds(Int64(job.request.maxWaitMs))
    }

    private var context: RequestContext { job.context }

    /// Begins to wait after `result`, which was too little. On the connection's event loop.
    func begin(after result: FetchResult) {
        var result = result
        while true {
            missing.store(max(1, job.minBytes - result.sizeInBytes), ordering: .relaxed)
            switch register(result) {
            case .waiting: return
            case .closed: return finish(result)
            case .grown:
                result = reader.read(job)
                if result.mustAnswer(job) { return finish(result) }
            }
        }
    }

    /// Waits on every partition, or on none.
    private func register(_ result: FetchResult) -> WaitOutcome {
        for (index, (partition, highWatermark)) in result.partitions.enumerated() {
            let outcome = partition.wait(self, seenHighWatermark: highWatermark)
            switch outcome {
            case .waiting: continue
            case .grown, .closed:
                for (partition, _) in result.partitions[..<index] { partition.cancelWait(self) }
                return outcome
            }
        }
        let deadline = context.connection.eventLoop.scheduleTask(deadline: end) { self.readAgain(isLast: true) }
        state = .waiting(partitions: result.partitions.map(\.partition), deadline: deadline)
        context.parked.insert(self)
        return .waiting
    }

    // MARK: Any thread

    func appended(bytes: Int) {
        let before = missing.subtract(bytes, ordering: .relaxed).oldValue
        // Only the append that makes up what was missing wakes the fetch.
        guard before > 0, before - bytes <= 0 else { return }
        context.connection.execute { self.readAgain(isLast: false) }
    }

    func released() {
        context.connection.execute { self.release() }
    }

    // MARK: The connection's event loop

    func release() { readAgain(isLast: true) }

    func connectionClosed() {
        _ = leave()
        state = .done
    }

    private func readAgain(isLast: Bool) {
        guard leave() else { return }
        state = .idle
        let result = reader.read(job)
        if isLast || result.mustAnswer(job) { finish(result) } else { begin(after: result) }
    }

    private func finish(_ result: FetchResult) {
        state = .done
        answer(result)
    }

    /// Ends the wait; false where there was none.
    private func leave() -> Bool {
        guard case .waiting(let partitions, let deadline) = state else { return false }
        for partition in partitions { partition.cancelWait(self) }
        deadline.cancel()
        context.parked.remove(self)
        return true
    }
}
