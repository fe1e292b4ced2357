import Records

/// One partition of `__transaction_state`: the transactional ids that hash to it. A pure value.
///
/// An event judges a request against the state and returns the record of what it changes; it changes nothing itself.
/// ``replay(_:)`` is the only way in which the state changes, and is the same live and on reload. So a record that could
/// not be appended leaves no trace, and a crash leaves what was appended.
///
/// The end of a transaction is two records. The first one decides: from then on there is one outcome, whatever happens.
/// Between the two every partition of the transaction gets its marker; after a reload those that may lack it get it
/// (again). The second record says that all have it, and lets the id begin its next transaction.
///
/// A shard begins in ``Phase/loading``: replay the partition's records, then ``activate()``. Only then it answers.
public struct TransactionShard: Sendable {
    /// Whether the shard still replays its partition.
    public enum Phase: Sendable, Hashable {
        case loading
        case active
    }

    /// What the broker configures about transactions.
    public let configuration: TransactionConfiguration
    /// Whether the shard still replays its partition.
    public private(set) var phase: Phase = .loading

    /// What is known of each id.
    private(set) var ids: [TransactionalID: TransactionMetadata] = [:]
    /// Of prepared transactions: the partitions that have no marker yet, as far as this shard knows.
    private var unmarked: [TransactionalID: Set<TopicPartition>] = [:]
    private var nextTimeoutCheck: Duration?
    private var nextExpirationCheck: Duration?

    /// An empty shard that is about to be loaded.
    public init(configuration: TransactionConfiguration) { self.configuration = configuration }

    /// What is known of an id, for tests and descriptions.
    public func metadata(of id: TransactionalID) -> TransactionMetadata? { ids[id] }

    /// Applies a record of the partition.
    public mutating func replay(_ record: TransactionRecord) {
        ids[record.transactionalID] = record.metadata
        guard let metadata = record.metadata, metadata.state.isPrepared else {
            unmarked[record.transactionalID] = nil
            return
        }
        unmarked[record.transactionalID] = metadata.partitions
    }

    /// Ends loading. The markers of transactions whose end was under way are due.
    public mutating func activate(at moment: Moment) -> TransactionOutcome<Void> {
        phase = .active
        nextTimeoutCheck = moment.uptime + configuration.timeoutCheckInterval
        nextExpirationCheck = moment.uptime + configuration.expirationCheckInterval
        var outcome = TransactionOutcome(())
        outcome.markers = unmarked.keys.sorted().compactMap(markers)
        return outcome
    }

    // MARK: Markers

    /// The markers of an id's prepared transaction that are still to be written; nil where none is prepared.
    public func markers(of id: TransactionalID) -> TransactionMarkers? {
        guard let metadata = ids[id], let missing = unmarked[id] else { return nil }
        return TransactionMarkers(
            transactionalID: id,
            producerID: metadata.producerID,
            producerEpoch: metadata.producerEpoch,
            commits: metadata.state == .prepareCommit,
            version: metadata.clientVersion,
            partitions: missing
        )
    }

    /// Markers were written, or their partitions are gone. The last one of a transaction completes it.
    public mutating func marked(
        _ markers: TransactionMarkers,
        _ partitions: Set<TopicPartition>,
        at moment: Moment
    ) -> TransactionOutcome<Void> {
        let id = markers.transactionalID
        guard let metadata = ids[id], var missing = unmarked[id], metadata.producerID == markers.producerID,
            metadata.producerEpoch == markers.producerEpoch
        else { return TransactionOutcome(()) }
        missing.subtract(partitions)
        unmarked[id] = missing
        guard missing.isEmpty else { return TransactionOutcome(()) }
        return TransactionOutcome((), [TransactionRecord(id, metadata.completed(at: moment.wall))])
    }

    // MARK: Time

    /// When ``tick(at:)`` has to be called at the latest; nil while loading.
    public var nextDeadline: Duration? {
        guard let nextTimeoutCheck, let nextExpirationCheck else { return nil }
        return min(nextTimeoutCheck, nextExpirationCheck)
    }

    /// What has become due.
    public struct Due: Sendable, Hashable {
        /// Ids whose transactions have been open for too long, for ``abortTimedOut(_:_:freshID:at:)``.
        public var timedOut: [TransactionalID] = []
        /// Ids to be forgotten, for ``forget(_:at:)``.
        public var expired: [TransactionalID] = []

        /// Nothing.
        public init() {}
    }

    /// Looks what has become due.
    public mutating func tick(at moment: Moment) -> Due {
        var due = Due()
        if let check = nextTimeoutCheck, check <= moment.uptime {
            nextTimeoutCheck = moment.uptime + configuration.timeoutCheckInterval
            due.timedOut = ids.filter { $0.value.isTimedOut(at: moment.wall) }.keys.sorted()
        }
        if let check = nextExpirationCheck, check <= moment.uptime {
            nextExpirationCheck = moment.uptime + configuration.expirationCheckInterval
            due.expired = expired(at: moment.wall)
        }
        return due
    }

    /// Forgets those of `candidates` that are expired.
    public func forget(_ candidates: [TransactionalID], at moment: Moment) -> TransactionOutcome<Void> {
        let expired = candidates.filter { ids[$0]?.isExpired(at: moment.wall, after: configuration.expiration) == true }
        var outcome = TransactionOutcome((), expired.map { TransactionRecord($0, nil) })
        if !expired.isEmpty { outcome.notices = ["\(expired.count) transactional ids expired"] }
        return outcome
    }

    private func expired(at now: Timestamp) -> [TransactionalID] {
        ids.filter { $0.value.isExpired(at: now, after: configuration.expiration) }.keys.sorted()
    }

    // MARK: Reading

    /// What is known of an id, as an event. Errors: ``TransactionError/transactionalIDNotFound``.
    public func described(_ id: TransactionalID) throws(TransactionError) -> TransactionOutcome<TransactionMetadata> {
        guard id != "" else { throw .invalidRequest }
        guard let metadata = ids[id], metadata.state != .dead else { throw .transactionalIDNotFound }
        return TransactionOutcome(metadata)
    }

    /// The ids that `filter` takes, by name, as an event.
    public func listed(_ filter: TransactionFilter, at moment: Moment) -> TransactionOutcome<[TransactionRecord]> {
        TransactionOutcome(
            ids.filter { filter.takes($0.value, at: moment.wall) }.sorted { $0.key < $1.key }
                .map { TransactionRecord($0.key, $0.value) }
        )
    }
}
