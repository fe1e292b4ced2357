import CommitLog
import Records
import Synchronization

/// A partition that this broker leads: its log, and who waits for it to grow.
///
/// Appends are serialised by the partition's own lock; reads run beside them. With one replica a record is committed
/// as soon as it is appended, and the high watermark follows the log end offset; but where `flush.messages` calls for a
/// flush, once it is on the disk. Appends that come while the disk works share the next flush, whoever they are from.
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
        /// Records below it must be on the disk before anybody learns of them.
        var mustFlush = Offset.zero
        /// Below it they are.
        var hasFlushed = Offset.zero
        var isFlushing = false
        /// Of the last flush that was waited for: none other comes before the next append.
        var flushFailure: PartitionError?
    }

    private struct CommitWaiter {
        let offset: Offset
        let perform: @Sendable (PartitionError?) -> Void
    }

    private let state: Mutex<State>

    private let flushSoon: @Sendable (Partition) -> Void
    private let onDisk: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// `flushSoon` is called when a segment was completed: flush away from the request's path. `onDisk` runs what waits
    /// for the disk, on a thread that may.
    init(
        topicPartition: TopicPartition,
        topicID: TopicID,
        log: PartitionLog,
        leaderEpoch: LeaderEpoch,
        flushSoon: @escaping @Sendable (Partition) -> Void = { _ in },
        onDisk: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
    ) {
        self.onDisk = onDisk
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
    /// `flush.messages` asks for it, they are committed only once they are on the disk: see
    /// ``whenCommitted(upTo:_:)``.
    ///
    /// The bytes must be the caller's alone: offsets and leader epoch are written into them.
    /// Errors: ``PartitionError/log(_:)``; ``PartitionError/notLeader`` once the partition was stopped.
    func append(
        _ batches: Bytes,
        origin: AppendOrigin,
        now: Timestamp,
        conditions: AppendConditions = AppendConditions()
    ) throws(PartitionError) -> AppendResult {
        let (result, woken, mustBegin, isUncovering) = try state.withLock { state throws(PartitionError) in
            guard !state.isStopped else { throw .notLeader }
            let stable = origin == .coordinator ? log.lastStableOffset : .zero
            let result = try write(batches, state.leaderEpoch, origin, now, conditions)
            if result.flush == .beforeAcknowledgement { state.mustFlush = result.lastOffset + 1 }
            let isHeld = state.mustFlush > state.hasFlushed
            if !isHeld { log.updateHighWatermark(to: log.logEndOffset) }
            let mustBegin = isHeld && !state.isFlushing
            if mustBegin { state.isFlushing = true }
            // A marker may let readers of committed records see what was appended before.
            let isUncovering = origin == .coordinator && stable < result.baseOffset && log.lastStableOffset > stable
            return (result, isHeld ? Woken() : take(&state), mustBegin, isUncovering)
        }
        woken.wake(bytes: isUncovering ? Int(Int32.max) : result.sizeInBytes)
        if mustBegin { onDisk { self.flushForCommit() } }
        if result.flush == .soon { flushSoon(self) }
        return result
    }

    /// Makes everything appended so far durable. Errors: those of the disk; the log then takes no more writes.
    func flush() throws(PartitionError) {
        do throws(LogError) { try log.flush() } catch { throw .log(error) }
    }

    /// Flushes until nobody waits for it: one flush for all that was appended before it began.
    private func flushForCommit() {
        while true {
            let target = log.logEndOffset
            let outcome: PartitionError?
            do throws(LogError) {
                try log.flush(recordsOnly: true)
                outcome = nil
            } catch { outcome = .log(error) }
            let (woken, bytes, isDone) = state.withLock { state in
                state.flushFailure = outcome
                guard outcome == nil else {
                    state.isFlushing = false
                    return (Woken(committed: takeAll(&state)), 0, true)
                }
                let before = log.highWatermark
                state.hasFlushed = max(state.hasFlushed, target)
                let isDone = state.mustFlush <= state.hasFlushed
                if isDone { state.isFlushing = false }
                log.updateHighWatermark(to: isDone ? log.logEndOffset : target)
                // How many bytes became visible is not known; no waiting fetch must miss them.
                return (take(&state), log.highWatermark > before ? Int(Int32.max) : 0, isDone)
            }
            woken.wake(bytes: bytes, outcome)
            if isDone { return }
        }
    }

    /// Who is told after the lock was let go.
    private struct Woken {
        var readers: [any AppendWaiter] = []
        var committed: [CommitWaiter] = []

        func wake(bytes: Int, _ outcome: PartitionError? = nil) {
            if bytes > 0 { for reader in readers { reader.appended(bytes: bytes) } }
            for waiter in committed { waiter.perform(outcome) }
        }
    }

    private func take(_ state: inout State) -> Woken {
        Woken(
            readers: state.appendWaiters.isEmpty ? [] : Array(state.appendWaiters.values),
            committed: Partition.takeCommitted(&state, log.highWatermark)
        )
    }

    private func takeAll(_ state: inout State) -> [CommitWaiter] {
        defer { state.commitWaiters = [] }
        return state.commitWaiters
    }

    private func write(
        _ batches: Bytes,
        _ epoch: LeaderEpoch,
        _ origin: AppendOrigin,
        _ now: Timestamp,
        _ conditions: AppendConditions
    ) throws(PartitionError) -> AppendResult {
        do throws(LogError) {
            return try log.appendAsLeader(
                batches,
                leaderEpoch: epoch,
                now: now,
                origin: origin,
                conditions: conditions
            )
        } catch { throw .log(error) }
    }

    /// Calls `perform` when every record below `offset` is committed: at once when it is so already.
    ///
    /// `perform` is given nil, or why it will not be. It may be called on another thread.
    func whenCommitted(upTo offset: Offset, _ perform: @escaping @Sendable (PartitionError?) -> Void) {
        let outcome: PartitionError?? = state.withLock { state in
            if log.highWatermark >= offset { return .some(nil) }
            if state.isStopped { return .some(.notLeader) }
            if !state.isFlushing, let failure = state.flushFailure { return .some(failure) }
            state.commitWaiters.append(CommitWaiter(offset: offset, perform: perform))
            return nil
        }
        if let outcome { perform(outcome) }
    }

    /// Registers `waiter`, unless more records than below `seenHighWatermark` can be read in the meantime.
    func wait(_ waiter: any AppendWaiter, seenHighWatermark: Offset) -> WaitOutcome {
        state.withLock { state in
            guard !state.isStopped else { return .closed }
            guard log.highWatermark == seenHighWatermark else { return .grown }
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
