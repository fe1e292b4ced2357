import KafkaProtocol
import NIOCore
import Records

extension Consumer {
    // MARK: Positions

    /// The next poll continues at `offset`. Errors: the partition is not assigned.
    public func seek(_ partition: TopicPartition, to offset: Offset) throws(KafkaError) {
        try seek(partition, to: OffsetAndMetadata(offset))
    }

    /// The next poll continues at the offset, whose leader epoch is known. Errors: the partition is not assigned.
    public func seek(_ partition: TopicPartition, to offset: OffsetAndMetadata) throws(KafkaError) {
        guard offset.offset >= .zero else {
            throw KafkaError(.invalidRequest, "seek offset must not be a negative number")
        }
        try shell.monitor.withLock { state throws(KafkaError) in
            try state.subscription.seek(partition, to: offset.offset, epoch: offset.leaderEpoch)
        }
        shell.changed()
    }

    /// The next poll continues at the first record of each partition; of all that are assigned, where none is given.
    ///
    /// Errors: a partition that is not assigned.
    public func seekToBeginning(_ partitions: Set<TopicPartition> = []) throws(KafkaError) {
        try reset(partitions, .earliest)
    }

    /// The next poll continues after the last record of each partition; of all that are assigned, where none is given.
    ///
    /// Errors: a partition that is not assigned.
    public func seekToEnd(_ partitions: Set<TopicPartition> = []) throws(KafkaError) {
        try reset(partitions, .latest)
    }

    private func reset(_ partitions: Set<TopicPartition>, _ query: OffsetQuery) throws(KafkaError) {
        try shell.monitor.withLock { state throws(KafkaError) in
            let chosen = partitions.isEmpty ? state.subscription.assignment : partitions
            for partition in chosen.sorted() { try state.subscription.reset(partition, query) }
        }
        shell.changed()
    }

    /// The offset that the next poll continues at; waits until it is known.
    ///
    /// Errors: the partition is not assigned, its position cannot be found, or not in time.
    public func position(of partition: TopicPartition, timeout: Duration? = nil) async throws(KafkaError) -> Offset {
        let deadline = client.eventLoop.now + TimeAmount(timeout ?? configuration.apiTimeout)
        while true {
            let ticket = shell.monitor.ticket
            if let position = try knownPosition(of: partition) { return position }
            guard client.eventLoop.now < deadline, !Task.isCancelled else { throw unknownPosition(partition) }
            await wait(since: ticket, until: deadline)
        }
    }

    /// The synchronous form, not for event loops.
    public func positionBlocking(of partition: TopicPartition, timeout: Duration? = nil) throws(KafkaError) -> Offset {
        try mayBlock()
        let deadline = client.eventLoop.now + TimeAmount(timeout ?? configuration.apiTimeout)
        while true {
            let ticket = shell.monitor.ticket
            if let position = try knownPosition(of: partition) { return position }
            let left = deadline - client.eventLoop.now
            guard left > .zero else { throw unknownPosition(partition) }
            shell.monitor.wait(since: ticket, timeout: .nanoseconds(left.nanoseconds))
        }
    }

    private func knownPosition(of partition: TopicPartition) throws(KafkaError) -> Offset? {
        let position = try shell.monitor.withLock { state throws(KafkaError) -> Offset? in
            try state.throwIfClosed()
            try state.throwFailure(of: partition)
            state.wantsPositions = true
            return try state.subscription.position(partition)
        }
        if position == nil { shell.wake() }
        return position
    }

    private func unknownPosition(_ partition: TopicPartition) -> KafkaError {
        .timedOut("Timeout expired before the position for partition \(partition) could be determined")
    }

    /// How far the position is behind what the consumer may read, as of the last fetch; nil where it is not known.
    public func currentLag(of partition: TopicPartition) throws(KafkaError) -> Int64? {
        let readCommitted = configuration.isolationLevel == .readCommitted
        return try shell.monitor.withLock { state throws(KafkaError) in
            guard let position = try state.subscription.position(partition), let known = state.subscription[partition],
                let end = readCommitted ? known.lastStableOffset : known.highWatermark
            else { return nil }
            return max(0, end - position)
        }
    }

    // MARK: Pausing

    /// Polls give nothing of these partitions until they are resumed; what is fetched already stays. Errors: a
    /// partition that is not assigned.
    public func pause(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
        try shell.monitor.withLock { state throws(KafkaError) in try state.subscription.pause(true, partitions) }
    }

    /// Errors: a partition that is not assigned.
    public func resume(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
        try shell.monitor.withLock { state throws(KafkaError) in try state.subscription.pause(false, partitions) }
        shell.changed()
    }

    /// The partitions that are paused.
    public var paused: Set<TopicPartition> {
        shell.monitor.withLock { state in Set(state.subscription.partitions.filter(\.value.isPaused).keys) }
    }
}

extension ConsumerState {
    mutating func throwFailure(of partition: TopicPartition) throws(KafkaError) {
        guard let place = failures.firstIndex(where: { $0.partition == partition }) else { return }
        let failure = failures.remove(at: place)
        guard subscription[partition]?.incarnation == failure.incarnation else { return }
        subscription[partition]?.isInFlight = false
        throw failure.error
    }
}
