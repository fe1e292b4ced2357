import CommitLog
import Coordination
import Logging
import NIOCore
import Records
import Synchronization

/// Why a marker was not appended to a partition of groups.
enum GroupMarkerError: Error, Sendable {
    /// The partition is still being loaded.
    case loading
    case partition(PartitionError)
}

/// The shell of one ``GroupCoordinatorShard``: one partition of `__consumer_offsets` that this broker leads.
///
/// Requests come on the event loops of their connections; each event runs under the shell's lock, with its append, so
/// that the order of records is the order of events. The partition's own lock is taken inside it, never the other way
/// round. Nothing is answered under the lock.
///
/// Every answer waits until all records that the shard has written so far are committed: nobody sees a state that could
/// still be lost, and with one replica nobody waits. Timers and loading run on the control loop.
final class GroupCoordinatorPartition: Sendable {
    /// Resumes a parked request; with an error where it is lost.
    typealias Delivery = @Sendable (GroupError?) -> Void

    private enum Phase {
        case loading
        case active
        case stopped
    }

    private struct State {
        var phase = Phase.loading
        var shard: GroupCoordinatorShard
        var joins: [ReplyTicket: @Sendable (JoinReply) -> Void] = [:]
        var syncs: [ReplyTicket: @Sendable (SyncReply) -> Void] = [:]
        var nextTicket: UInt64 = 0
        /// After the last record that the shard has written or read.
        var endOffset = Offset.zero
        var timer: (deadline: Duration, task: Scheduled<Void>)?
    }

    /// What an event gave, on its way out of the lock.
    private struct Settled<Answer: Sendable>: Sendable {
        let answer: Answer
        let deliveries: [Delivery]
        let notices: [GroupNotice]
        let endOffset: Offset
    }

    let partition: Partition
    let environment: BrokerEnvironment
    private let state: Mutex<State>

    init(
        partition: Partition,
        configuration: GroupConfiguration,
        topics: any TopicDirectory,
        environment: BrokerEnvironment
    ) {
        self.partition = partition
        self.environment = environment
        self.state = Mutex(State(shard: GroupCoordinatorShard(configuration: configuration, topics: topics)))
    }

    var moment: Moment {
        Moment(
            wall: environment.now(),
            uptime: .nanoseconds(Int64(clamping: environment.controlLoop.now.uptimeNanoseconds))
        )
    }

    // MARK: Events

    /// Lets an event happen and completes with its answer once that is safe. `completion` may be called on any thread.
    ///
    /// `conditions` are those of the records' append, for a commit of offsets within a transaction.
    func submit<Answer: Sendable>(
        conditions: AppendConditions = AppendConditions(),
        _ event: (inout GroupCoordinatorShard, Moment) throws(GroupError) -> GroupOutcome<Answer>,
        _ completion: @escaping @Sendable (Result<Answer, GroupError>) -> Void
    ) {
        let moment = moment
        do throws(GroupError) {
            let settled = try state.withLock { state throws(GroupError) in
                try checkActive(state)
                return try settle(try event(&state.shard, moment), &state, moment, conditions)
            }
            release(settled) { error in
                completion(error.map { .failure($0) } ?? .success(settled.answer))
            }
        } catch { completion(.failure(error)) }
    }

    /// Lets a member join; `completion` is called when its turn has come.
    func join(
        _ group: GroupID,
        _ request: JoinRequest,
        newMemberID: MemberID,
        _ completion: @escaping @Sendable (JoinReply) -> Void
    ) {
        submitParked { state, ticket, moment in
            state.joins[ticket] = completion
            return state.shard.join(group, request, ticket: ticket, newMemberID: newMemberID, at: moment)
        } failed: { error in
            completion(.refused(error, memberID: request.memberID))
        }
    }

    /// Lets a member sync; `completion` is called when its assignment is there.
    func sync(_ group: GroupID, _ request: SyncRequest, _ completion: @escaping @Sendable (SyncReply) -> Void) {
        submitParked { state, ticket, moment in
            state.syncs[ticket] = completion
            return state.shard.sync(group, request, ticket: ticket, at: moment)
        } failed: { error in
            completion(.refused(error))
        }
    }

    private func submitParked(
        _ event: (inout State, ReplyTicket, Moment) -> GroupOutcome<Void>,
        failed: @Sendable (GroupError) -> Void
    ) {
        let moment = moment
        do throws(GroupError) {
            let settled = try state.withLock { state throws(GroupError) in
                try checkActive(state)
                let ticket = ReplyTicket(rawValue: state.nextTicket)
                state.nextTicket += 1
                do throws(GroupError) {
                    return try settle(event(&state, ticket, moment), &state, moment)
                } catch {
                    state.joins[ticket] = nil
                    state.syncs[ticket] = nil
                    throw error
                }
            }
            release(settled) { _ in }
        } catch { failed(error) }
    }

    private func checkActive(_ state: borrowing State) throws(GroupError) {
        switch state.phase {
        case .loading: throw .coordinatorLoadInProgress
        case .active: return
        case .stopped: throw .notCoordinator
        }
    }

    /// Appends and replays an outcome's records, or undoes the event.
    private func settle<Answer: Sendable>(
        _ outcome: GroupOutcome<Answer>,
        _ state: inout State,
        _ moment: Moment,
        _ conditions: AppendConditions = AppendConditions()
    ) throws(GroupError) -> Settled<Answer> {
        do throws(GroupError) {
            try append(outcome.effects.records, by: outcome.effects.producer, &state, moment, conditions)
        } catch {
            state.shard.revert(outcome)
            throw error
        }
        let settled = Settled(
            answer: outcome.answer,
            deliveries: outcome.effects.replies.compactMap { take($0, &state) },
            notices: outcome.effects.notices,
            endOffset: state.endOffset
        )
        setTimer(&state)
        return settled
    }

    private func append(
        _ records: [GroupRecord],
        by producer: ProducerIdentity?,
        _ state: inout State,
        _ moment: Moment,
        _ conditions: AppendConditions
    ) throws(GroupError) {
        guard !records.isEmpty else { return }
        let batches: Bytes
        do {
            batches = try GroupRecordBatches.encode(records, by: producer, now: moment.wall)
        } catch {
            environment.logger.error(
                "\(partition.topicPartition): cannot encode records of group \(records[0].group): \(error)"
            )
            throw .unknownServerError
        }
        let baseOffset: Offset
        do throws(PartitionError) {
            baseOffset =
                try partition.append(batches, origin: .coordinator, now: moment.wall, conditions: conditions).baseOffset
        } catch {
            environment.logger.error(
                "\(partition.topicPartition): cannot write records of group \(records[0].group): \(error)"
            )
            throw GroupError(failedAppend: error)
        }
        for (index, record) in records.enumerated() {
            state.shard.replay(record, at: baseOffset + Int64(index), producerID: producer?.id)
        }
        state.endOffset = baseOffset + Int64(records.count)
    }

    /// Appends a transaction's marker, and with it commits or forgets the offsets of the transaction.
    ///
    /// Returns the offset after it. Errors: ``GroupMarkerError``; nothing was appended then.
    func endTransaction(
        _ marker: Bytes,
        of producerID: ProducerID,
        commits: Bool,
        conditions: AppendConditions
    ) throws(GroupMarkerError) -> Offset {
        let now = environment.now()
        return try state.withLock { state throws(GroupMarkerError) in
            guard state.phase != .loading else { throw .loading }
            do throws(PartitionError) {
                let result = try partition.append(marker, origin: .coordinator, now: now, conditions: conditions)
                state.shard.replayEndOfTransaction(producerID: producerID, commits: commits)
                state.endOffset = result.lastOffset + 1
                return state.endOffset
            } catch { throw .partition(error) }
        }
    }

    private func take(_ reply: TicketReply, _ state: inout State) -> Delivery? {
        switch reply {
        case .join(let ticket, let reply):
            guard let completion = state.joins.removeValue(forKey: ticket) else { return nil }
            return { error in completion(error.map { .refused($0, memberID: "") } ?? reply) }
        case .sync(let ticket, let reply):
            guard let completion = state.syncs.removeValue(forKey: ticket) else { return nil }
            return { error in completion(error.map { .refused($0) } ?? reply) }
        }
    }

    /// Lets answers go once what they saw is committed.
    private func release<Answer>(_ settled: Settled<Answer>, _ completion: @escaping Delivery) {
        for notice in settled.notices { environment.logger.info("\(notice)") }
        partition.whenCommitted(upTo: settled.endOffset) { failure in
            let error = failure.map(GroupError.init(failedAppend:))
            for deliver in settled.deliveries { deliver(error) }
            completion(error)
        }
    }

    // MARK: Timers

    /// Sees to it that the shard is woken at its next deadline. A timer that is set for earlier stays.
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
        let settled = state.withLock { state -> [Settled<Void>] in
            state.timer = nil
            guard state.phase == .active else { return [] }
            let settled = state.shard.tick(at: moment).map { outcome in
                do throws(GroupError) {
                    return try settle(outcome, &state, moment)
                } catch {
                    // Logged where it failed. Nobody asked; those who wait are answered all the same.
                    return Settled(
                        answer: (),
                        deliveries: outcome.effects.replies.compactMap { take($0, &state) },
                        notices: outcome.effects.notices,
                        endOffset: state.endOffset
                    )
                }
            }
            setTimer(&state)
            return settled
        }
        for settled in settled { release(settled) { _ in } }
    }

    // MARK: Life

    /// Hands the newest topics to the shard.
    func topicsChanged(to topics: any TopicDirectory) {
        state.withLock { $0.shard.topicsChanged(to: topics) }
    }

    /// Applies what was read from the partition, while loading. `endOffset` is the offset after it.
    func replay(upTo endOffset: Offset, _ apply: (inout GroupCoordinatorShard) -> Void) {
        state.withLock { state in
            guard state.phase == .loading else { return }
            apply(&state.shard)
            state.endOffset = endOffset
        }
    }

    /// Whether the shard still waits to be loaded.
    var isLoading: Bool { state.withLock { $0.phase == .loading } }

    /// Ends loading: from now on requests are served.
    func activate() {
        let moment = moment
        let settled = state.withLock { state -> Settled<Void>? in
            guard state.phase == .loading else { return nil }
            state.phase = .active
            do throws(GroupError) {
                return try settle(state.shard.activate(at: moment), &state, moment)
            } catch { return nil }
        }
        if let settled { release(settled) { _ in } }
    }

    /// The partition is led elsewhere, or the broker stops: whoever waits is sent away.
    func stop() {
        let deliveries = state.withLock { state -> [Delivery] in
            guard state.phase != .stopped else { return [] }
            state.phase = .stopped
            state.timer?.task.cancel()
            state.timer = nil
            let deliveries = state.shard.unload().replies.compactMap { take($0, &state) }
            return deliveries
        }
        for deliver in deliveries { deliver(nil) }
    }
}
