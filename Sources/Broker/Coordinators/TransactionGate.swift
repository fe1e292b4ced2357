import CommitLog
import Coordination
import KafkaProtocol
import NIOCore
import Records

/// Lets the first records of a transaction into a partition only when the coordinator knows that they belong there.
///
/// A producer of old has told the coordinator of the partition, which is asked to confirm it; one that follows
/// transactions version 2 tells by writing, and the partition is added for it. Later records of the transaction need no
/// question: the log knows that the transaction is open. See KIP-890.
struct TransactionGate: Sendable {
    /// What a client can do, by the version of its request.
    enum ClientAbility: Sendable {
        /// It has added its partitions, and knows only errors of old.
        case adds
        /// It has added its partitions, and knows TRANSACTION_ABORTABLE.
        case addsKnowingAbortable
        /// Its partitions are to be added for it.
        case addsByWriting

        var addsByWriting: Bool {
            switch self {
            case .adds, .addsKnowingAbortable: false
            case .addsByWriting: true
            }
        }
    }

    /// Batches of one producer that want to be let in.
    struct Admission: Sendable {
        let transactionalID: TransactionalID?
        let producer: ProducerIdentity
        let ability: ClientAbility
        /// Each partition with the first sequence of its batch.
        let batches: [(partition: Partition, baseSequence: Int32)]
    }

    /// What became of an admission.
    struct Verdict: Sendable {
        /// Under which guard a partition's batch is to be appended; those that need none are missing.
        var guards: [TopicPartition: VerificationGuard] = [:]
        /// Why a partition's batch must not be appended.
        var refusals: [TopicPartition: ErrorCode] = [:]
    }

    private let coordinator: TransactionCoordinator
    private let environment: BrokerEnvironment
    private let metadata: MetadataController
    private let retryPause: TimeAmount
    private let retryLimit: Int64

    init(_ core: BrokerCore, _ coordinator: TransactionCoordinator) {
        self.coordinator = coordinator
        environment = core.environment
        metadata = core.metadata
        retryPause = .milliseconds(max(1, core.configuration.integer("add.partitions.to.txn.retry.backoff.ms")))
        retryLimit = core.configuration.integer("add.partitions.to.txn.retry.backoff.max.ms")
    }

    /// Completes with who may be appended and how; at once as a rule, on another thread when it had to wait.
    func admit(_ admission: Admission, _ completion: @escaping @Sendable (Verdict) -> Void) {
        var verdict = Verdict()
        guard let id = admission.transactionalID,
            admission.ability.addsByWriting || metadata.resolver.verifiesTransactions
        else {
            return completion(verdict)
        }
        let now = environment.now()
        for (partition, baseSequence) in admission.batches {
            verdict.guards[partition.topicPartition] = partition.log.beginVerification(
                of: admission.producer.id,
                epoch: admission.producer.epoch,
                baseSequence: baseSequence,
                startsAtZero: admission.ability.addsByWriting,
                now: now
            )
        }
        guard !verdict.guards.isEmpty else { return completion(verdict) }
        let partitions = Set(verdict.guards.keys)
        let verified = verdict
        ask(id, admission, partitions, since: NIODeadline.now()) { refusals in
            var verdict = verified
            verdict.refusals = refusals
            completion(verdict)
        }
    }

    private func ask(
        _ id: TransactionalID,
        _ admission: Admission,
        _ partitions: Set<TopicPartition>,
        since: NIODeadline,
        _ completion: @escaping @Sendable ([TopicPartition: ErrorCode]) -> Void
    ) {
        guard admission.ability.addsByWriting else {
            coordinator.submit(to: id) { (shard, _) throws(TransactionError) in
                try shard.verifyPartitions(id, admission.producer, partitions)
            } _: { result in
                switch result {
                case .success(let errors): completion(errors.mapValues { code(of: $0, admission.ability) })
                case .failure(let error): completion(refusing(partitions, error, admission.ability))
                }
            }
            return
        }
        coordinator.submit(to: id) { (shard, context) throws(TransactionError) in
            try shard.addPartitions(id, admission.producer, partitions, .v2, at: context.moment)
        } _: { result in
            switch result {
            case .success: completion([:])
            case .failure(.concurrentTransactions) where NIODeadline.now() - since < .milliseconds(retryLimit):
                // The markers of the transaction before are being written.
                _ = environment.controlLoop.scheduleTask(in: retryPause) {
                    ask(id, admission, partitions, since: since, completion)
                }
            case .failure(let error): completion(refusing(partitions, error, admission.ability))
            }
        }
    }

    private func refusing(
        _ partitions: Set<TopicPartition>,
        _ error: TransactionError,
        _ ability: ClientAbility
    ) -> [TopicPartition: ErrorCode] {
        let code = code(of: error, ability)
        return Dictionary(uniqueKeysWithValues: partitions.map { ($0, code) })
    }

    /// Producers expect INVALID_PRODUCER_EPOCH from a partition; those of old do not know TRANSACTION_ABORTABLE.
    private func code(of error: TransactionError, _ ability: ClientAbility) -> ErrorCode {
        switch (error, ability) {
        case (.producerFenced, _): .invalidProducerEpoch
        case (.transactionAbortable, .adds): .invalidTxnState
        default: error.errorCode
        }
    }
}
