import CommitLog
import Coordination
import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization

/// The shell of one ``TransactionShard``: one partition of `__transaction_state` that this broker leads.
///
/// Requests come on the event loops of their connections; each event runs under the shell's lock with its append, so
/// that the order of records is the order of events. The partition's own lock is taken inside it, never the other way
/// round. Markers are written, and answers given, outside of it.
///
/// The answer to the end of a transaction leaves when its markers are written, or could not be written at the first
/// attempt: its outcome is decided by then. What is missing is tried again until it succeeds.
final class TransactionCoordinatorPartition: CoordinatorLoadingTarget {
    private static let pauseBeforeNextAttempt = TimeAmount.milliseconds(100)

    private enum Phase {
        case loading
        case active
        case stopped
    }

    private struct State {
        var phase = Phase.loading
        var shard: TransactionShard
        /// After the last record that the shard has written or read.
        var endOffset = Offset.zero
        var timer: (deadline: Duration, task: Scheduled<Void>)?
    }

    /// What an event gave, on its way out of the lock.
    private struct Settled<Answer: Sendable>: Sendable {
        let answer: Answer
        let markers: [TransactionMarkers]
        let notices: [String]
        let endOffset: Offset
    }

    let partition: Partition
    let environment: BrokerEnvironment
    private let metadata: MetadataController
    private let producerIDs: ProducerIDAllocator
    private let writer: TransactionMarkerWriter
    private let state: Mutex<State>

    init(
        _ partition: Partition,
        _ configuration: TransactionConfiguration,
        _ core: BrokerCore,
        producerIDs: ProducerIDAllocator,
        writer: TransactionMarkerWriter
    ) {
        self.partition = partition
        environment = core.environment
        metadata = core.metadata
        self.producerIDs = producerIDs
        self.writer = writer
        state = Mutex(State(shard: TransactionShard(configuration: configuration)))
    }

    /// The level of `transaction.version` that the cluster follows.
    private var serverVersion: TransactionVersion {
        TransactionVersion(rawValue: metadata.image.features[BrokerFeature.transactionVersion.name] ?? 0)
    }

    private var moment: Moment {
        Moment(
            wall: environment.now(),
            uptime: .nanoseconds(Int64(clamping: environment.controlLoop.now.uptimeNanoseconds))
        )
    }

    // MARK: Events

    /// What an event may look at besides the shard.
    struct Context: Sendable {
        let moment: Moment
        /// The level of `transaction.version` that the cluster follows.
        let serverVersion: TransactionVersion
        /// A producer id that nobody has, where the event asked for one.
        var freshID: ProducerID?
    }

    typealias Event<Answer: Sendable> =
        @Sendable (inout TransactionShard, Context) throws(TransactionError) -> TransactionOutcome<Answer>

    /// Lets an event happen and completes with its answer once that is safe. `completion` may be called on any thread.
    func submit<Answer: Sendable>(
        freshID: ProducerID? = nil,
        _ event: @escaping Event<Answer>,
        _ completion: @escaping @Sendable (Result<Answer, TransactionError>) -> Void
    ) {
        let context = Context(moment: moment, serverVersion: serverVersion, freshID: freshID)
        do throws(TransactionError) {
            let settled = try state.withLock { state throws(TransactionError) in
                switch state.phase {
                case .loading: throw .coordinatorLoadInProgress
                case .active: return try settle(try event(&state.shard, context), &state, context)
                case .stopped: throw .notCoordinator
                }
            }
            release(settled, completion)
        } catch {
            guard error == .producerIDNeeded, freshID == nil else { return completion(.failure(error)) }
            producerIDs.allocate { [self] result in
                switch result {
                case .success(let id): submit(freshID: id, event, completion)
                case .failure: completion(.failure(.coordinatorLoadInProgress))
                }
            }
        }
    }

    /// Appends and replays an outcome's records; where that fails, nothing has happened.
    private func settle<Answer: Sendable>(
        _ outcome: TransactionOutcome<Answer>,
        _ state: inout State,
        _ context: Context
    ) throws(TransactionError) -> Settled<Answer> {
        if !outcome.records.isEmpty {
            let batches = try encode(outcome.records, context)
            do throws(PartitionError) {
                let result = try partition.append(batches, origin: .coordinator, now: context.moment.wall)
                state.endOffset = result.lastOffset + 1
            } catch {
                environment.logger.error("\(partition.topicPartition): a record cannot be written: \(error)")
                throw TransactionError(failedAppend: error)
            }
            for record in outcome.records { state.shard.replay(record) }
        }
        setTimer(&state)
        return Settled(
            answer: outcome.answer,
            markers: outcome.markers,
            notices: outcome.notices,
            endOffset: state.endOffset
        )
    }

    private func encode(_ records: [TransactionRecord], _ context: Context) throws(TransactionError) -> Bytes {
        do {
            var builder = RecordBatchBuilder(initialCapacity: 512)
            for record in records {
                let (key, value) = try record.encoded(context.serverVersion)
                builder.append(timestamp: context.moment.wall, key: key, value: value)
            }
            return try builder.build()
        } catch {
            environment.logger.error(
                "\(partition.topicPartition): the record of \(records[0].transactionalID) cannot be encoded: \(error)"
            )
            throw .unknownServerError
        }
    }

    /// Lets an answer go once what it saw is committed and the markers are written.
    private func release<Answer: Sendable>(
        _ settled: Settled<Answer>,
        _ completion: @escaping @Sendable (Result<Answer, TransactionError>) -> Void
    ) {
        for notice in settled.notices { environment.logger.info("\(notice)") }
        partition.whenCommitted(upTo: settled.endOffset) { [self] failure in
            if let failure { return completion(.failure(TransactionError(failedAppend: failure))) }
            guard let markers = settled.markers.first else { return completion(.success(settled.answer)) }
            // More than one transaction ends only at the start, where nobody waits for the answer.
            for others in settled.markers.dropFirst() { write(others) {} }
            write(markers) { completion(.success(settled.answer)) }
        }
    }

    // MARK: Markers

    /// Writes markers and notes which there are; `completion` is called after the first attempt.
    private func write(_ markers: TransactionMarkers, _ completion: @escaping @Sendable () -> Void) {
        writer.write(markers, coordinatorEpoch: partition.leaderEpoch.rawValue) { [self] done in
            if !note(done, of: markers) { scheduleMarkers(of: markers.transactionalID) }
            completion()
        }
    }

    /// False where markers, or the record that all are there, are still missing.
    private func note(_ done: Set<TopicPartition>, of markers: TransactionMarkers) -> Bool {
        let context = Context(moment: moment, serverVersion: serverVersion)
        let isNoted = state.withLock { state -> Bool in
            guard state.phase == .active else { return true }
            do throws(TransactionError) {
                _ = try settle(state.shard.marked(markers, done, at: context.moment), &state, context)
                return true
            } catch { return false }
        }
        return isNoted && done.count == markers.partitions.count
    }

    private func scheduleMarkers(of id: TransactionalID) {
        environment.controlLoop.scheduleTask(in: TransactionCoordinatorPartition.pauseBeforeNextAttempt) {
            [weak self] () -> Void in
            guard let self else { return }
            let markers = state.withLock { $0.phase == .active ? $0.shard.markers(of: id) : nil }
            if let markers { write(markers) {} }
        }
    }

    // MARK: Timers

    private func setTimer(_ state: inout State) {
        guard let deadline = state.shard.nextDeadline else { return }
        if let timer = state.timer {
            if timer.deadline <= deadline { return }
            timer.task.cancel()
        }
        let (seconds, attoseconds) = deadline.components
        let nanoseconds = UInt64(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
        let task = environment.controlLoop.scheduleTask(deadline: .uptimeNanoseconds(nanoseconds)) {
            [weak self] () -> Void in
            self?.tick()
        }
        state.timer = (deadline, task)
    }

    private func tick() {
        let moment = moment
        let due = state.withLock { state -> TransactionShard.Due in
            state.timer = nil
            guard state.phase == .active else { return TransactionShard.Due() }
            let due = state.shard.tick(at: moment)
            setTimer(&state)
            return due
        }
        for id in due.timedOut {
            submit { (shard, context) throws(TransactionError) in
                try shard.abortTimedOut(id, context.serverVersion, freshID: context.freshID, at: context.moment)
            } _: { [logger = environment.logger] result in
                if case .failure(let error) = result { logger.warning("\(id) is not aborted yet: \(error)") }
            }
        }
        guard !due.expired.isEmpty else { return }
        submit { (shard, context) throws(TransactionError) in
            shard.forget(due.expired, at: context.moment)
        } _: { _ in
            // A failed append was logged; the next check tries again.
        }
    }

    // MARK: Life

    var isLoading: Bool { state.withLock { $0.phase == .loading } }

    func replay(_ batch: RecordBatch, _ records: [Record]) {
        guard !batch.isControl else { return }
        for record in records {
            do throws(WireError) {
                guard let key = record.key, let decoded = try TransactionRecord.decode(key: key, value: record.value)
                else { continue }
                state.withLock { if $0.phase == .loading { $0.shard.replay(decoded) } }
            } catch {
                environment.logger.error(
                    "\(partition.topicPartition): the record at offset \(record.offset) cannot be read: \(error)"
                )
            }
        }
    }

    func activate(endOffset: Offset) {
        let context = Context(moment: moment, serverVersion: serverVersion)
        let settled = state.withLock { state -> Settled<Void>? in
            guard state.phase == .loading else { return nil }
            state.phase = .active
            state.endOffset = endOffset
            do throws(TransactionError) {
                return try settle(state.shard.activate(at: context.moment), &state, context)
            } catch { return nil }
        }
        if let settled { release(settled) { _ in } }
    }

    /// The partition is led elsewhere, or the broker stops.
    func stop() {
        state.withLock { state in
            state.phase = .stopped
            state.timer?.task.cancel()
            state.timer = nil
        }
    }
}
