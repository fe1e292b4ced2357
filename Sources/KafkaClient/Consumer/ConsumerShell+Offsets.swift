import KafkaProtocol
import Logging
import NIOCore
import Records

extension ConsumerShell {
    // MARK: Committed offsets

    /// Partitions of which the position is to be found: what the group committed, or the reset policy.
    func askCommitted(_ targets: [ConsumerPlan.Target]) {
        guard let groupID = configuration.groupID else {
            for target in targets { settle(target, nil) }
            changed()
            return
        }
        fetchCommitted(groupID, targets.map(\.partition)) { [self] result in
            switch result {
            case .success(let offsets):
                for target in targets { settle(target, offsets[target.partition]) }
            case .failure(let error):
                let until = now + TimeAmount(configuration.retryBackoff)
                monitor.withLock { state in
                    for target in targets {
                        if error.isRetriable {
                            state.retry(target, at: until)
                        } else {
                            state.fail(target.partition, incarnation: target.incarnation, error)
                        }
                    }
                }
            }
            changed()
        }
    }

    private func settle(_ target: ConsumerPlan.Target, _ committed: OffsetAndMetadata?) {
        let query = configuration.autoOffsetReset.query(now: wallClock())
        monitor.withLock { $0.settle(target, committed, query) }
    }

    /// One attempt. Partitions without a committed offset are left out.
    func fetchCommitted(
        _ groupID: GroupID,
        _ partitions: [TopicPartition],
        _ completion: @escaping @Sendable (Result<[TopicPartition: OffsetAndMetadata], KafkaError>) -> Void
    ) {
        let byTopic = Dictionary(grouping: partitions.sorted(), by: \.topic)
        let topics = byTopic.keys.sorted().map { ($0, byTopic[$0, default: []].map(\.partition)) }
        client.call(
            to: .group(groupID),
            limit: 9,
            { version in OffsetFetchRequest(groupID, topics, version: version) },
            completion: { [client] result in
                let offsets = result.flatMap { $0.offsets(of: groupID) }
                if case .failure(let error) = offsets, error.code.meansWrongCoordinator {
                    client.forgetCoordinator(of: .group(groupID))
                }
                completion(offsets)
            }
        )
    }

    // MARK: Lookups

    /// Positions that a reset policy or a seek to an end wants.
    func ask(_ lookup: ConsumerPlan.Lookup) {
        let parts = lookup.parts.map { ($0.target.partition, $0.leaderEpoch, $0.query) }
        listOffsets(lookup.broker, parts) { [self] result in
            let until = now + TimeAmount(configuration.retryBackoff)
            var mustRefresh = false
            monitor.withLock { state in
                for part in lookup.parts {
                    let found = result.flatMap {
                        $0[part.target.partition] ?? .failure(KafkaError(.unknownServerError))
                    }
                    mustRefresh = state.found(found, part, retryAt: until) || mustRefresh
                }
            }
            if mustRefresh { client.refreshMetadata() }
            changed()
        }
    }

    typealias FoundOffset = Result<OffsetAndTimestamp?, KafkaError>

    /// One attempt at one broker.
    func listOffsets(
        _ broker: BrokerID,
        _ parts: [(partition: TopicPartition, leaderEpoch: LeaderEpoch, query: OffsetQuery)],
        _ completion: @escaping @Sendable (Result<[TopicPartition: FoundOffset], KafkaError>) -> Void
    ) {
        var request = ListOffsetsRequest()
        request.replicaId = .none
        request.isolationLevel = configuration.isolationLevel.rawValue
        request.timeoutMs = configuration.requestTimeout.wireMilliseconds
        for part in parts.sorted(by: { $0.partition < $1.partition }) {
            if request.topics.last?.name != part.partition.topic {
                request.topics.append(ListOffsetsRequest.ListOffsetsTopic(name: part.partition.topic))
            }
            var wanted = ListOffsetsRequest.ListOffsetsPartition()
            wanted.partitionIndex = part.partition.partition
            wanted.currentLeaderEpoch = part.leaderEpoch
            wanted.timestamp = part.query.wireTimestamp
            request.topics[request.topics.count - 1].partitions.append(wanted)
        }
        let built = request
        client.call(
            to: .broker(broker),
            { version in
                var request = built
                // Version 1 shows everything.
                if version < 2 { request.isolationLevel = 0 }
                return request
            },
            completion: { result in completion(result.map(\.found)) }
        )
    }
}

extension ConsumerState {
    /// What the group has committed is known.
    mutating func settle(_ target: ConsumerPlan.Target, _ committed: OffsetAndMetadata?, _ query: OffsetQuery?) {
        let partition = target.partition
        guard subscription[partition]?.incarnation == target.incarnation else { return }
        if let committed {
            seekAssigned(partition, committed.offset, committed.leaderEpoch)
        } else if let query {
            startReset(partition, query)
        } else {
            let message = "Undefined offset with no reset policy for partitions: [\(partition)]"
            fail(partition, incarnation: target.incarnation, KafkaError(.offsetOutOfRange, message))
        }
    }

    /// An offset was looked up, or not. True where the metadata proved wrong.
    mutating func found(
        _ result: ConsumerShell.FoundOffset,
        _ part: ConsumerPlan.Lookup.Part,
        retryAt: NIODeadline
    ) -> Bool {
        let partition = part.target.partition
        guard subscription[partition]?.incarnation == part.target.incarnation else { return false }
        switch result {
        case .success(let found?):
            seekAssigned(partition, found.offset, found.leaderEpoch)
            return false
        case .success(nil):
            // No record is as young as asked for: after the last one, then.
            startReset(partition, .latest)
            return false
        case .failure(let error):
            if error.isRetriable || error.code == .unknownServerError {
                retry(part.target, at: retryAt)
                return true
            }
            fail(partition, incarnation: part.target.incarnation, error)
            return false
        }
    }

    private mutating func seekAssigned(_ partition: TopicPartition, _ offset: Offset, _ epoch: LeaderEpoch) {
        do {
            try subscription.seek(partition, to: offset, epoch: epoch)
        } catch {
            // Not assigned any more: there is no position to set.
        }
    }
}

extension ErrorCode {
    /// Whether the coordinator is another broker, or none at the moment.
    var meansWrongCoordinator: Bool { self == .notCoordinator || self == .coordinatorNotAvailable }
}

extension OffsetFetchRequest {
    /// Committed offsets that no open transaction can change, where the version can ask for that.
    init(_ groupID: GroupID, _ topics: [(TopicName, [PartitionIndex])]?, version: Int16) {
        self.init()
        requireStable = version >= 7
        if version >= 8 {
            groups = [
                OffsetFetchRequestGroup(
                    groupId: groupID,
                    topics: topics?.map { OffsetFetchRequestTopics(name: $0, partitionIndexes: $1) }
                )
            ]
        } else {
            groupId = groupID
            self.topics = topics?.map { OffsetFetchRequestTopic(name: $0, partitionIndexes: $1) }
        }
    }
}

extension OffsetFetchResponse {
    /// The offsets of the group, from either form of the answer. Partitions without one are left out. Errors: the
    /// group's, or the first of a partition.
    func offsets(of groupID: GroupID) -> Result<[TopicPartition: OffsetAndMetadata], KafkaError> {
        var offsets: [TopicPartition: OffsetAndMetadata] = [:]
        if let group = groups.first(where: { $0.groupId == groupID }) {
            guard group.errorCode == .none else { return .failure(KafkaError(group.errorCode)) }
            for topic in group.topics {
                for found in topic.partitions {
                    let partition = TopicPartition(topic.name, found.partitionIndex)
                    guard found.errorCode == .none else { return .failure(KafkaError(found.errorCode, on: partition)) }
                    guard found.committedOffset >= .zero else { continue }
                    offsets[partition] = OffsetAndMetadata(
                        found.committedOffset,
                        leaderEpoch: found.committedLeaderEpoch,
                        metadata: found.metadata ?? ""
                    )
                }
            }
            return .success(offsets)
        }
        guard errorCode == .none else { return .failure(KafkaError(errorCode)) }
        for topic in topics {
            for found in topic.partitions {
                let partition = TopicPartition(topic.name, found.partitionIndex)
                guard found.errorCode == .none else { return .failure(KafkaError(found.errorCode, on: partition)) }
                guard found.committedOffset >= .zero else { continue }
                offsets[partition] = OffsetAndMetadata(
                    found.committedOffset,
                    leaderEpoch: found.committedLeaderEpoch,
                    metadata: found.metadata ?? ""
                )
            }
        }
        return .success(offsets)
    }
}

extension ListOffsetsResponse {
    /// For each partition the offset, nil where no record is as young as asked for, or the error.
    var found: [TopicPartition: ConsumerShell.FoundOffset] {
        var all: [TopicPartition: ConsumerShell.FoundOffset] = [:]
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic.name, answer.partitionIndex)
                if answer.errorCode != .none {
                    all[partition] = .failure(KafkaError(answer.errorCode, on: partition))
                } else if answer.offset < .zero {
                    all[partition] = .success(nil)
                } else {
                    all[partition] = .success(
                        OffsetAndTimestamp(
                            offset: answer.offset,
                            timestamp: answer.timestamp,
                            leaderEpoch: answer.leaderEpoch
                        )
                    )
                }
            }
        }
        return all
    }
}

extension KafkaError {
    init(_ code: ErrorCode, on partition: TopicPartition) { self.init(code, "\(partition): \(code.message)") }
}
