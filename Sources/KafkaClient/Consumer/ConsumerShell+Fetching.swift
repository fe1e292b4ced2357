import KafkaProtocol
import Logging
import NIOCore
import Records

extension ConsumerShell {
    /// Versions, behaviour: without a session, by topic id where every topic has one (v13+), else by name.
    func perform(_ fetch: ConsumerPlan.Fetch) {
        let request = self.request(for: fetch)
        let hasIDs = !fetch.parts.contains { $0.topicID == .none }
        client.call(
            to: .broker(fetch.broker),
            lane: fetchLane(fetch.lane),
            limit: hasIDs ? nil : 12,
            timeout: max(configuration.requestTimeout, configuration.fetchMaxWait + .seconds(5)),
            { version in
                var request = request
                if version < 11 { request.rackId = "" }
                return request
            },
            completion: { [self] result in fetched(fetch, result) }
        )
    }

    private func request(for fetch: ConsumerPlan.Fetch) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMs = configuration.fetchMaxWait.wireMilliseconds
        request.minBytes = Int32(clamping: configuration.fetchMinBytes)
        request.maxBytes = Int32(clamping: configuration.fetchMaxBytes)
        request.isolationLevel = configuration.isolationLevel.rawValue
        request.rackId = configuration.clientRack
        var places: [TopicName: Int] = [:]
        for part in fetch.parts {
            let name = part.target.partition.topic
            let place = places[name] ?? request.topics.count
            if place == request.topics.count {
                places[name] = place
                request.topics.append(FetchRequest.FetchTopic(topic: name, topicId: part.topicID))
            }
            var partition = FetchRequest.FetchPartition()
            partition.partition = part.target.partition.partition
            partition.currentLeaderEpoch = part.leaderEpoch
            partition.fetchOffset = part.offset
            partition.partitionMaxBytes = Int32(clamping: configuration.maxPartitionFetchBytes)
            request.topics[place].partitions.append(partition)
        }
        return request
    }

    // MARK: Answers

    private func fetched(_ fetch: ConsumerPlan.Fetch, _ result: Result<FetchResponse, KafkaError>) {
        switch result {
        case .failure(let error):
            client.logger.debug("fetching from node \(fetch.broker): \(error)")
            rest(fetch, nil)
            if !error.isRetriable, error.code != .unknownServerError { failAll(fetch, error) }
            client.refreshMetadata()
        case .success(let response) where response.errorCode != .none:
            client.logger.debug("fetching from node \(fetch.broker): \(response.errorCode.name)")
            rest(fetch, nil)
            client.refreshMetadata()
        case .success(let response):
            take(response, fetch)
        }
        changed()
    }

    /// Nothing came: each partition but those in `answered` waits a moment.
    private func rest(_ fetch: ConsumerPlan.Fetch, _ answered: Set<TopicPartition>?) {
        let until = now + TimeAmount(configuration.retryBackoff)
        monitor.withLock { state in
            state.busyLanes[fetch.broker]?.remove(fetch.lane)
            for part in fetch.parts where answered?.contains(part.target.partition) != true {
                state.retry(part.target, at: until)
            }
        }
    }

    private func failAll(_ fetch: ConsumerPlan.Fetch, _ error: KafkaError) {
        monitor.withLock { state in
            for part in fetch.parts { state.fail(part.target.partition, incarnation: part.target.incarnation, error) }
        }
    }

    private func take(_ response: FetchResponse, _ fetch: ConsumerPlan.Fetch) {
        let parts = Dictionary(fetch.parts.map { ($0.target.partition, $0) }) { first, _ in first }
        var names: [TopicID: TopicName] = [:]
        for part in fetch.parts where part.topicID != .none { names[part.topicID] = part.target.partition.topic }
        var answered: Set<TopicPartition> = []
        var mustRefresh = false
        for topic in response.responses {
            guard let name = topic.topicId == .none ? topic.topic : names[topic.topicId] else { continue }
            for data in topic.partitions {
                let partition = TopicPartition(name, data.partitionIndex)
                guard let part = parts[partition], answered.insert(partition).inserted else { continue }
                if data.errorCode == .none {
                    take(data, part)
                } else {
                    note(data, part)
                    mustRefresh = refuse(data, part) || mustRefresh
                }
            }
        }
        rest(fetch, answered)
        if mustRefresh { client.refreshMetadata() }
    }

    private func take(_ data: FetchResponse.PartitionData, _ part: ConsumerPlan.Fetch.Part) {
        let reader = FetchedChunkReader(
            checksCRCs: configuration.checksCRCs,
            isolationLevel: configuration.isolationLevel
        )
        let bytes = data.records?.bytes ?? Bytes()
        let read = reader.read(
            bytes,
            of: part.target.partition,
            from: part.offset,
            aborted: data.abortedTransactions ?? []
        )
        let chunk = FetchedChunk(
            topicPartition: part.target.partition,
            incarnation: part.target.incarnation,
            batches: read.batches[...],
            nextOffset: read.nextOffset,
            nextEpoch: read.nextEpoch,
            highWatermark: data.highWatermark,
            lastStableOffset: data.lastStableOffset,
            logStartOffset: data.logStartOffset,
            sizeInBytes: bytes.count,
            failure: read.failure
        )
        let until = now + TimeAmount(configuration.metadataMaxAge)
        monitor.withLock { $0.fetched(chunk, from: part.offset, nearReplica: data.preferredReadReplica, until: until) }
    }

    /// A refusal may name the new leader. See KIP-951.
    private func note(_ data: FetchResponse.PartitionData, _ part: ConsumerPlan.Fetch.Part) {
        guard data.currentLeader.leaderId != .none else { return }
        let leader = data.currentLeader
        let isNews = client.core.metadata.leaderChanged(
            part.target.partition,
            to: leader.leaderId,
            epoch: leader.leaderEpoch
        )
        if isNews { client.core.metadataChanged() }
    }

    /// True where the metadata proved wrong.
    private func refuse(_ data: FetchResponse.PartitionData, _ part: ConsumerPlan.Fetch.Part) -> Bool {
        let until = now + TimeAmount(configuration.retryBackoff)
        let query = configuration.autoOffsetReset.query(now: wallClock())
        return monitor.withLock { $0.fetchRefused(data.errorCode, part, retryAt: until, reset: query) }
    }
}

extension ConsumerState {
    /// A request did not help; the partition may be asked about again from `time` on.
    mutating func retry(_ target: ConsumerPlan.Target, at time: NIODeadline) {
        guard let state = subscription[target.partition], state.incarnation == target.incarnation else { return }
        subscription[target.partition]?.isInFlight = false
        subscription[target.partition]?.notBefore = time
    }

    /// Batches, or the news that there are none.
    mutating func fetched(_ chunk: FetchedChunk, from offset: Offset, nearReplica: BrokerID, until: NIODeadline) {
        let partition = chunk.topicPartition
        guard let state = subscription[partition], state.incarnation == chunk.incarnation, state.fetchOffset == offset
        else { return }
        // An error in the bytes keeps the partition from being fetched until it was thrown.
        subscription[partition]?.isInFlight = chunk.failure != nil
        subscription[partition]?.highWatermark = chunk.highWatermark
        subscription[partition]?.lastStableOffset = chunk.lastStableOffset
        subscription[partition]?.logStartOffset = chunk.logStartOffset
        if nearReplica != .none { subscription[partition]?.nearReplica = (nearReplica, until) }
        guard chunk.nextOffset > offset || chunk.failure != nil else { return }
        subscription[partition]?.fetched(upTo: chunk.nextOffset, bytes: chunk.sizeInBytes)
        buffer.append(chunk)
    }

    /// True where the metadata proved wrong.
    mutating func fetchRefused(
        _ code: ErrorCode,
        _ part: ConsumerPlan.Fetch.Part,
        retryAt: NIODeadline,
        reset: OffsetQuery?
    ) -> Bool {
        let target = part.target
        guard let state = subscription[target.partition], state.incarnation == target.incarnation else { return false }
        switch code {
        case .offsetOutOfRange:
            if state.nearReplica != nil {
                // The replica may lag behind: the leader knows.
                subscription[target.partition]?.nearReplica = nil
                retry(target, at: retryAt)
            } else {
                offsetOutOfRange(part, state, reset)
            }
            return false
        case .notLeaderOrFollower, .replicaNotAvailable, .kafkaStorageError, .fencedLeaderEpoch, .unknownLeaderEpoch,
            .offsetNotAvailable, .unknownTopicOrPartition, .unknownTopicId, .inconsistentTopicId, .leaderNotAvailable:
            subscription[target.partition]?.nearReplica = nil
            retry(target, at: retryAt)
            return true
        case .unknownServerError:
            retry(target, at: retryAt)
            return false
        case .topicAuthorizationFailed:
            let message = "Not authorized to access topics: [\(target.partition.topic)]"
            fail(target.partition, incarnation: target.incarnation, KafkaError(code, message))
            return false
        default:
            guard !code.isRetriable || code == .corruptMessage else {
                retry(target, at: retryAt)
                return true
            }
            let message =
                "Unexpected error while fetching \(target.partition) at offset \(part.offset): \(code.message)"
            fail(target.partition, incarnation: target.incarnation, KafkaError(code, message))
            return false
        }
    }

    private mutating func offsetOutOfRange(
        _ part: ConsumerPlan.Fetch.Part,
        _ state: PartitionState,
        _ reset: OffsetQuery?
    ) {
        let partition = part.target.partition
        guard state.fetchOffset == part.offset else { return }
        if let reset {
            startReset(partition, reset)
        } else {
            let message =
                "Fetch position \(part.offset) is out of range for partition \(partition), and no reset policy is set."
            fail(partition, incarnation: part.target.incarnation, KafkaError(.offsetOutOfRange, message))
        }
    }

    /// The position is to be looked up; the partition is known to be assigned.
    mutating func startReset(_ partition: TopicPartition, _ query: OffsetQuery) {
        do {
            try subscription.reset(partition, query)
            wantsPositions = true
        } catch {
            // Not assigned any more: nothing to reset.
        }
    }
}

extension AutoOffsetReset {
    /// What to look up; nil for ``none``.
    func query(now: Timestamp) -> OffsetQuery? {
        switch self {
        case .earliest: .earliest
        case .latest: .latest
        case .none: nil
        case .byDuration(let duration): .time(Timestamp(max(0, now.rawValue - duration.wholeMilliseconds)))
        }
    }
}
