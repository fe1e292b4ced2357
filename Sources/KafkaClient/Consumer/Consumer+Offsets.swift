import KafkaProtocol
import NIOCore
import Records

extension Consumer {
    // MARK: Committing

    /// Commits the positions, or `offsets`, and waits for the answer; tried again while that may help.
    ///
    /// Errors: `REBALANCE_IN_PROGRESS`, where a poll has to complete a rebalance first; `UNKNOWN_MEMBER_ID` or
    /// `ILLEGAL_GENERATION`, where others own the partitions by now; `REQUEST_TIMED_OUT`.
    public func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata]? = nil,
        timeout: Duration? = nil
    ) async throws(KafkaError) {
        let result: Result<Void, KafkaError> = await withCheckedContinuation { continuation in
            startCommit(offsets, timeout) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    /// The synchronous form, not for event loops.
    public func commitBlocking(
        _ offsets: [TopicPartition: OffsetAndMetadata]? = nil,
        timeout: Duration? = nil
    ) throws(KafkaError) {
        try mayBlock()
        let rendezvous = Rendezvous<Void>()
        startCommit(offsets, timeout) { rendezvous.complete($0) }
        try rendezvous.wait((timeout ?? configuration.apiTimeout) + .seconds(1))
    }

    /// Commits the positions, or `offsets`, in a single attempt without waiting. `completion` is called on the client's
    /// event loop, or at once where nothing can be sent.
    public func commitAsync(
        _ offsets: [TopicPartition: OffsetAndMetadata]? = nil,
        completion: @escaping @Sendable (KafkaError?) -> Void = { _ in }
    ) {
        shell.commit(offsets ?? shell.monitor.withLock { $0.subscription.positions }, completion)
    }

    private func startCommit(
        _ offsets: [TopicPartition: OffsetAndMetadata]?,
        _ timeout: Duration?,
        _ completion: @escaping @Sendable (Result<Void, KafkaError>) -> Void
    ) {
        let offsets = offsets ?? shell.monitor.withLock { $0.subscription.positions }
        let deadline = client.eventLoop.now + TimeAmount(timeout ?? configuration.apiTimeout)
        shell.commit(offsets, deadline: deadline) { error in
            completion(error.map { .failure($0) } ?? .success(()))
        }
    }

    // MARK: Committed

    /// What the group has committed; partitions without are left out. Errors: no `group.id`, `REQUEST_TIMED_OUT`.
    public func committed(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) async throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        let result: Result<[TopicPartition: OffsetAndMetadata], KafkaError> = await withCheckedContinuation {
            continuation in
            startCommitted(partitions, timeout) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The synchronous form, not for event loops.
    public func committedBlocking(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        try mayBlock()
        let rendezvous = Rendezvous<[TopicPartition: OffsetAndMetadata]>()
        startCommitted(partitions, timeout) { rendezvous.complete($0) }
        return try rendezvous.wait((timeout ?? configuration.apiTimeout) + .seconds(1))
    }

    private func startCommitted(
        _ partitions: Set<TopicPartition>,
        _ timeout: Duration?,
        _ completion: @escaping @Sendable (Result<[TopicPartition: OffsetAndMetadata], KafkaError>) -> Void
    ) {
        guard let groupID = configuration.groupID else {
            completion(.failure(.noGroup))
            return
        }
        let wanted = partitions.sorted()
        shell.retrying(timeout, { [shell] in shell.fetchCommitted(groupID, wanted, $0) }, completion)
    }

    // MARK: Offsets by time

    /// The first offset of each partition that is still there.
    public func beginningOffsets(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) async throws(KafkaError) -> [TopicPartition: Offset] {
        let queries = Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetQuery.earliest) })
        return try await offsets(queries, timeout).compactMapValues { $0?.offset }
    }

    /// The offset after the last record that the consumer may read, of each partition.
    public func endOffsets(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) async throws(KafkaError) -> [TopicPartition: Offset] {
        let queries = Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetQuery.latest) })
        return try await offsets(queries, timeout).compactMapValues { $0?.offset }
    }

    /// The first record at or after a time, of each partition; nil where there is none.
    public func offsetsForTimes(
        _ times: [TopicPartition: Timestamp],
        timeout: Duration? = nil
    ) async throws(KafkaError) -> [TopicPartition: OffsetAndTimestamp?] {
        if let bad = times.first(where: { $0.value.rawValue < 0 }) {
            let message =
                "The target time for partition \(bad.key) is \(bad.value). The target time cannot be negative."
            throw KafkaError(.invalidRequest, message)
        }
        return try await offsets(times.mapValues { .time($0) }, timeout)
    }

    /// The synchronous form of ``beginningOffsets(_:timeout:)``, not for event loops.
    public func beginningOffsetsBlocking(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) throws(KafkaError) -> [TopicPartition: Offset] {
        let queries = Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetQuery.earliest) })
        return try offsetsBlocking(queries, timeout).compactMapValues { $0?.offset }
    }

    /// The synchronous form of ``endOffsets(_:timeout:)``, not for event loops.
    public func endOffsetsBlocking(
        _ partitions: Set<TopicPartition>,
        timeout: Duration? = nil
    ) throws(KafkaError) -> [TopicPartition: Offset] {
        let queries = Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetQuery.latest) })
        return try offsetsBlocking(queries, timeout).compactMapValues { $0?.offset }
    }

    private typealias Found = [TopicPartition: OffsetAndTimestamp?]

    private func offsets(
        _ queries: [TopicPartition: OffsetQuery],
        _ timeout: Duration?
    ) async throws(KafkaError) -> Found {
        let result: Result<Found, KafkaError> = await withCheckedContinuation { continuation in
            shell.lookUp(queries, timeout) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func offsetsBlocking(
        _ queries: [TopicPartition: OffsetQuery],
        _ timeout: Duration?
    ) throws(KafkaError) -> Found {
        try mayBlock()
        let rendezvous = Rendezvous<Found>()
        shell.lookUp(queries, timeout) { rendezvous.complete($0) }
        return try rendezvous.wait((timeout ?? configuration.apiTimeout) + .seconds(1))
    }
}
