import CommitLog
import Records
import Synchronization

/// A partition that this broker leads: its log, and who waits for it to grow.
///
/// Appends are serialised by the partition's own lock; reads run beside them. With one replica a record is committed
/// as soon as it is appended, so the high watermark follows the log end offset.
///
/// Invariant: `logStartOffset <= lastStableOffset <= highWatermark <= logEndOffset`.
final class Partition: Sendable {
    let topicPartition: TopicPartition
    let topicID: TopicID
    let log: PartitionLog

    private struct State {
        var leaderEpoch: LeaderEpoch
        var isStopped = false
        var appendWaiters: [ObjectIdentifier: any AppendWaiter] = [:]
        var commitWaiters: [CommitWaiter] = []
    }

    private struct CommitWaiter {
        let offset: Offset
        let perform: @Sendable (PartitionError?) -> Void
    }

    private let state: Mutex<State>

    private let flushSoon: @Sendable (Partition) -> Void

    /// `flushSoon` is called when a segment was completed: flush away from the request's path.
    init(
        topicPartition: TopicPartition,
        topicID: TopicID,
        log: PartitionLog,
        leaderEpoch: LeaderEpoch,
        flushSoon: @escaping @Sendable (Partition) -> Void = { _ in }
    ) {
        self.topicPartition = topicPartition
        self.topicID = topicID
        self.log = log
        self.flushSoon = flushSoon
        self.state = Mutex(State(leaderEpoch: leaderEpoch))
    }

    var leaderEpoch: LeaderEpoch { state.withLock { $0.leaderEpoch } }
    var logStartOffset: Offset { log.logStartOffset }
    var logEndOffset: Offset { log.logEndOffset }
    var highWatermark: Offset { log.highWatermark }
    var lastStableOffset: Offset { log.lastStableOffset }

    /// Leads with `epoch` from the log's end on.
    func lead(_ epoch: LeaderEpoch) {
        state.withLock { state in
            guard epoch > state.leaderEpoch else { return }
            state.leaderEpoch = epoch
            log.assign(epoch)
        }
    }

    /// Compares the epoch that a client knows with ours; a client that knows none (-1) is believed.
    func checkLeaderEpoch(_ known: LeaderEpoch) throws(PartitionError) {
        guard known != .none else { return }
        let current = leaderEpoch
        if known < current { throw .fencedLeaderEpoch }
        if known > current { throw .unknownLeaderEpoch }
    }

    /// Appends `batches` (one or more of magic 2), assigns their offsets in place and wakes whoever waits. Where
    /// `flush.messages` asks for it, they are on the disk when this returns.
    ///
    /// The bytes must be the caller's alone: offsets and leader epoch are written into them.
    /// Errors: ``PartitionError/log(_:)``; ``PartitionError/notLeader`` once the partition was stopped.
    func append(_ batches: Bytes, origin: AppendOrigin, now: Timestamp) throws(PartitionError) -> AppendResult {
        let (result, appendWaiters, committed) = try state.withLock { state throws(PartitionError) in
            guard !state.isStopped else { throw .notLeader }
            let result = try write(batches, state.leaderEpoch, origin, now)
            let waiters = state.appendWaiters.isEmpty ? [] : Array(state.appendWaiters.values)
            return (result, waiters, Partition.takeCommitted(&state, log.highWatermark))
        }
        for waiter in appendWaiters { waiter.appended(bytes: result.sizeInBytes) }
        for waiter in committed { waiter.perform(nil) }
        switch result.flush {
        case .notYet: break
        case .soon: flushSoon(self)
        case .beforeAcknowledgement: try flush()
        }
        return result
    }

    /// Makes everything appended so far durable. Errors: those of the disk; the log then takes no more writes.
    func flush() throws(PartitionError) {
        do throws(LogError) { try log.flush() } catch { throw .log(error) }
    }

    private func write(
        _ batches: Bytes,
        _ epoch: LeaderEpoch,
        _ origin: AppendOrigin,
        _ now: Timestamp
    ) throws(PartitionError) -> AppendResult {
        do throws(LogError) {
            let result = try log.appendAsLeader(batches, leaderEpoch: epoch, now: now, origin: origin)
            log.updateHighWatermark(to: log.logEndOffset)
            return result
        } catch { throw .log(error) }
    }

    /// Calls `perform` when every record below `offset` is committed: at once when it is so already.
    ///
    /// `perform` is given nil, or why it will not be. It may be called on another thread.
    func whenCommitted(upTo offset: Offset, _ perform: @escaping @Sendable (PartitionError?) -> Void) {
        let outcome: PartitionError?? = state.withLock { state in
            if state.isStopped { return .some(.notLeader) }
            if log.highWatermark >= offset { return .some(nil) }
            state.commitWaiters.append(CommitWaiter(offset: offset, perform: perform))
            return nil
        }
        if let outcome { perform(outcome) }
    }

    /// Registers `waiter`, unless the log has grown past `seenEndOffset` in the meantime.
    func wait(_ waiter: any AppendWaiter, seenEndOffset: Offset) -> WaitOutcome {
        state.withLock { state in
            guard !state.isStopped else { return .closed }
            guard log.logEndOffset == seenEndOffset else { return .grown }
            state.appendWaiters[ObjectIdentifier(waiter)] = waiter
            return .waiting
        }
    }

    func cancelWait(_ waiter: any AppendWaiter) {
        state.withLock { _ = $0.appendWaiters.removeValue(forKey: ObjectIdentifier(waiter)) }
    }

    /// How many fetches wait here.
    var waiterCount: Int { state.withLock { $0.appendWaiters.count } }

    /// Ends the partition's life here: no more appends; whoever waits is told.
    func stop() {
        let (appendWaiters, commitWaiters) = state.withLock { state in
            state.isStopped = true
            defer { (state.appendWaiters, state.commitWaiters) = ([:], []) }
            return (Array(state.appendWaiters.values), state.commitWaiters)
        }
        for waiter in appendWaiters { waiter.released() }
        for waiter in commitWaiters { waiter.perform(.notLeader) }
    }

    /// Runs `body` while no append runs: for what changes the log's shape (flush, trim, roll, close).
    func withWriterExcluded<R, E: Error>(_ body: (PartitionLog) throws(E) -> sending R) throws(E) -> sending R {
        try state.withLock { _ throws(E) in try body(log) }
    }

    /// As ``withWriterExcluded(_:)``, unless the partition was stopped: then its folder may be another's by now.
    func whileLeading<E: Error>(_ body: (PartitionLog) throws(E) -> Void) throws(E) {
        try state.withLock { state throws(E) in
            if !state.isStopped { try body(log) }
        }
    }

    /// Whether the partition's life here has ended.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    private static func takeCommitted(_ state: inout State, _ highWatermark: Offset) -> [CommitWaiter] {
        guard !state.commitWaiters.isEmpty else { return [] }
        let split = state.commitWaiters.partition { $0.offset <= highWatermark }
        defer { state.commitWaiters.removeSubrange(split...) }
        return Array(state.commitWaiters[split...])
    }
}
