import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization

/// Moves batches from the accumulator to the brokers and the answers back. Lives on the client's event loop.
///
/// Invariant: everything but `accumulator` and `wakePending` is touched on the event loop only; that is what makes the
/// class Sendable.
final class Sender: @unchecked Sendable {
    static let lane = ConnectionLane("produce")

    private let core: ClientCore
    private let configuration: ProducerConfiguration
    private let accumulator: Mutex<RecordAccumulator>
    /// Told of each batch that is done, on the event loop.
    private let onBatch: @Sendable (ProducedBatch) -> Void
    private let wakePending = Atomic(false)
    private var inFlight: [BrokerID: Int] = [:]
    private var connecting: Set<BrokerID> = []
    private var isAskingForIdentity = false
    private var identityFailures = 0
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isRunning = false

    init(
        core: ClientCore,
        configuration: ProducerConfiguration,
        accumulator: consuming sending RecordAccumulator,
        onBatch: @escaping @Sendable (ProducedBatch) -> Void
    ) {
        self.core = core
        self.configuration = configuration
        self.accumulator = Mutex(accumulator)
        self.onBatch = onBatch
    }

    /// Changes or asks the accumulator, under its lock.
    func withAccumulator<R, E: Error>(
        _ body: (inout sending RecordAccumulator) throws(E) -> sending R
    ) throws(E) -> sending R {
        try accumulator.withLock(body)
    }

    // MARK: Waking

    /// There may be something to do; from any thread. Callers after the first, until it is looked at, cost nothing.
    func wake() {
        guard !wakePending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        core.eventLoop.execute { self.run() }
    }

    /// Looks at the accumulator, sends what is due, and arranges to look again.
    func run() {
        wakePending.store(false, ordering: .releasing)
        guard !isRunning, !core.isClosed else { return }
        isRunning = true
        defer { isRunning = false }
        let now = core.eventLoop.now
        // Under the lock once: threads that append wait for it.
        let (expired, needsIdentity, ready) = accumulator.withLock { state in
            let expired = state.expire(now: now)
            let needsIdentity = configuration.isIdempotent && state.identity == nil && state.hasUnfinished
            return (expired, needsIdentity, state.ready(now: now))
        }
        perform(expired)
        if needsIdentity { askForIdentity() }
        if !ready.topicsWithoutLeader.isEmpty {
            core.metadata.requestUpdate()
            core.refreshIfDue()
        }
        if !needsIdentity {
            for broker in ready.brokers { send(to: broker, now: now) }
        }
        if let next = ready.nextCheck { look(at: max(next, now)) }
    }

    private func look(at time: NIODeadline) {
        if let timer, timer.deadline <= time, timer.deadline > core.eventLoop.now { return }
        timer?.task.cancel()
        let task = core.eventLoop.scheduleTask(deadline: time) {
            self.timer = nil
            self.run()
        }
        timer = (time, task)
    }

    // MARK: Requests

    private func send(to broker: BrokerID, now: NIODeadline) {
        guard let connection = core.pool.ready(broker, Sender.lane) else {
            connect(broker)
            return
        }
        while inFlight[broker, default: 0] < configuration.maxInFlightRequests {
            let batches = accumulator.withLock { $0.drain(for: broker, now: now) }
            guard !batches.isEmpty else { return }
            send(batches, on: connection, broker)
        }
    }

    private func connect(_ broker: BrokerID) {
        guard !connecting.contains(broker) else { return }
        guard let node = core.metadata.metadata.brokers[broker] else {
            core.metadata.requestUpdate()
            core.refreshIfDue()
            return
        }
        connecting.insert(broker)
        core.pool.connection(to: node, Sender.lane) { [self] result in
            connecting.remove(broker)
            if case .failure(let error) = result {
                core.logger.debug("producing to node \(broker): \(error.message)")
                core.metadata.requestUpdate()
                core.refreshIfDue()
            }
            wake()
        }
    }

    private func send(_ batches: [ProducerBatch], on connection: BrokerConnection, _ broker: BrokerID) {
        let (sent, payloads) = encode(batches)
        guard !sent.isEmpty else { return }
        let acks = configuration.acks.rawValue
        let timeout = configuration.requestTimeout
        let make: (Int16) -> ProduceRequest = { _ in ProduceRequest(payloads, acks: acks, timeout: timeout) }
        let limit: Int16? = payloads.contains { $0.topicID == .none } ? 12 : nil
        guard configuration.acks != .none else {
            do {
                try connection.callOneWay(limit: limit, make)
                for batch in sent { settle(batch, .acknowledged(.unknown)) }
            } catch {
                for batch in sent { settle(batch, .failed(error, logStartOffset: Offset(-1))) }
            }
            return
        }
        inFlight[broker, default: 0] += 1
        connection.call(limit: limit, timeout: timeout, make) { [self] result in
            inFlight[broker, default: 1] -= 1
            switch result {
            case .success(let response):
                answered(sent, ProduceAnswers(response, topics: payloads))
            case .failure(let error):
                core.metadata.requestUpdate()
                for batch in sent { settle(batch, .failed(error, logStartOffset: Offset(-1))) }
                core.refreshIfDue()
            }
            run()
        }
    }

    /// The batches as they go out. One that cannot be built fails, which would be a defect of the codec.
    private func encode(_ batches: [ProducerBatch]) -> ([ProducerBatch], [ProducePayload]) {
        var sent: [ProducerBatch] = []
        var payloads: [ProducePayload] = []
        for batch in batches {
            do {
                core.metadata.use(batch.topicPartition.topic, now: core.eventLoop.now)
                let topicID = core.metadata.metadata.topics[batch.topicPartition.topic]?.id ?? .none
                let bytes = try batch.encoded()
                payloads.append(ProducePayload(topicPartition: batch.topicPartition, topicID: topicID, bytes: bytes))
                sent.append(batch)
            } catch {
                let message = "The batch could not be built."
                let failure = KafkaError(.unknownServerError, message, underlying: error)
                settle(batch, .failed(failure, logStartOffset: Offset(-1)))
            }
        }
        return (sent, payloads)
    }

    private func answered(_ batches: [ProducerBatch], _ answers: ProduceAnswers) {
        for node in answers.nodes { core.metadata.brokerAppeared(node) }
        var mustRefresh = false
        var hasNewLeader = false
        for batch in batches {
            guard let answer = answers.partitions[batch.topicPartition] else {
                let message = "The answer does not speak of \(batch.topicPartition)."
                settle(batch, .failed(KafkaError(.unknownServerError, message), logStartOffset: Offset(-1)))
                continue
            }
            switch answer.outcome {
            case .failed(let error, _) where error.code.isStaleMetadata:
                let (leader, epoch) = answer.currentLeader
                if core.metadata.leaderChanged(batch.topicPartition, to: leader, epoch: epoch) {
                    hasNewLeader = true
                } else {
                    mustRefresh = true
                }
            case .failed(let error, _):
                core.logger.debug("producing to \(batch.topicPartition): \(error)")
            case .acknowledged:
                break
            }
            settle(batch, answer.outcome)
        }
        if hasNewLeader { core.metadataChanged() }
        if mustRefresh {
            core.metadata.requestUpdate()
            core.refreshIfDue()
        }
    }

    private func settle(_ batch: ProducerBatch, _ outcome: BatchOutcome) {
        let now = core.eventLoop.now
        let random = core.random()
        perform(accumulator.withLock { $0.settle(batch, outcome, now: now, random: random) })
    }

    private func perform(_ settlement: Settlement) {
        for finished in settlement.finished {
            onBatch(ProducedBatch(finished))
            finished.batch.finish(finished.result)
        }
        for told in settlement.told { told() }
    }

    /// Fails everything that waits.
    func abandon(_ error: KafkaError) {
        timer?.task.cancel()
        perform(accumulator.withLock { $0.abandon(error) })
    }

    // MARK: The producer's identity

    private func askForIdentity() {
        guard !isAskingForIdentity else { return }
        isAskingForIdentity = true
        let make: @Sendable (Int16) -> InitProducerIdRequest = { _ in
            var request = InitProducerIdRequest()
            // Not the empty text, which a broker refuses.
            request.transactionalId = nil
            request.transactionTimeoutMs = .max
            return request
        }
        let timeout = configuration.requestTimeout
        core.once(to: .any, lane: .general, limit: nil, timeout: timeout, make) { [self] result in
            isAskingForIdentity = false
            switch result {
            case .success(let response) where response.errorCode == .none:
                identityFailures = 0
                let identity = ProducerIdentity(id: response.producerId, epoch: response.producerEpoch)
                accumulator.withLock { $0.identity = identity }
                run()
            case .success(let response):
                identityFailed(KafkaError(response.errorCode))
            case .failure(let error):
                identityFailed(error)
            }
        }
    }

    private func identityFailed(_ error: KafkaError) {
        core.logger.debug("no producer id: \(error)")
        guard error.isRetriable else {
            perform(accumulator.withLock { $0.abandon(error) })
            return
        }
        identityFailures += 1
        let backoff = ExponentialBackoff(
            initial: configuration.retryBackoff,
            maximum: configuration.retryBackoffMax
        )
        let wait = backoff.delay(failures: identityFailures, random: core.random())
        core.eventLoop.scheduleTask(in: TimeAmount(wait)) { self.run() }
    }
}
