import KafkaProtocol
import Logging
import NIOCore
import Records

extension ConsumerShell {
    typealias CommitCompletion = @Sendable (KafkaError?) -> Void

    /// One attempt, from any thread; `completion` is called on the event loop, or at once where nothing can be sent.
    func commit(_ offsets: [TopicPartition: OffsetAndMetadata], _ completion: @escaping CommitCompletion) {
        guard !offsets.isEmpty else {
            completion(nil)
            return
        }
        let identity: GroupMembership.Generation?
        let groupID: GroupID
        do throws(KafkaError) {
            (groupID, identity) = try committer()
            if let bad = offsets.first(where: { $0.value.offset < .zero }) {
                throw KafkaError(.invalidRequest, "Invalid offset: \(bad.value.offset)")
            }
        } catch {
            completion(error)
            return
        }
        let request = OffsetCommitRequest(
            groupID,
            offsets,
            identity,
            identity.flatMap { _ in configuration.groupInstanceID }
        )
        client.call(
            to: .group(groupID),
            limit: 9,
            timeout: configuration.requestTimeout,
            { _ in request },
            completion: { [self] result in completion(outcome(result, sent: identity)) }
        )
    }

    /// Under which identity offsets may be committed; nil outside of a generation, for partitions assigned by hand.
    private func committer() throws(KafkaError) -> (GroupID, GroupMembership.Generation?) {
        guard let groupID = configuration.groupID else { throw .noGroup }
        return try monitor.withLock { state throws(KafkaError) in
            guard state.subscription.isSubscribed, let membership = state.membership else { return (groupID, nil) }
            if membership.isStable { return (groupID, membership.generation) }
            if membership.isRebalancing {
                throw .rebalanceInProgress("the consumer is undergoing a rebalance for auto partition assignment")
            }
            throw .commitFailed(.unknownMemberId)
        }
    }

    private func outcome(
        _ result: Result<OffsetCommitResponse, KafkaError>,
        sent: GroupMembership.Generation?
    ) -> KafkaError? {
        switch result {
        case .failure(let error):
            return error
        case .success(let response):
            let errors = response.topics.flatMap { $0.partitions.map(\.errorCode) }.filter { $0 != .none }
            // An error of the group stands on every partition; one of a topic may stand on some.
            guard let code = errors.first(where: { $0 != .topicAuthorizationFailed }) ?? errors.first else {
                return nil
            }
            defer { changed() }
            return monitor.withLock { state in
                guard let sent else {
                    if code.meansWrongCoordinator || code == .requestTimedOut {
                        state.membership?.outbox.append(.forgetCoordinator)
                    }
                    return KafkaError(code)
                }
                return state.membership?.commitRefused(code, sent: sent) ?? KafkaError(code)
            }
        }
    }

    /// Attempts with growing waits until an answer that waiting cannot change, or the deadline.
    func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata],
        deadline: NIODeadline,
        failures: Int = 0,
        _ completion: @escaping CommitCompletion
    ) {
        commit(offsets) { [self] error in
            guard let error, error.isRetriable else {
                completion(error)
                return
            }
            let wait = TimeAmount(retryBackoff.delay(failures: failures + 1, random: client.random()))
            guard now + wait < deadline else {
                completion(.timedOut("Timeout expired before successfully committing offsets", underlying: error))
                return
            }
            client.eventLoop.scheduleTask(in: wait) {
                self.commit(offsets, deadline: deadline, failures: failures + 1, completion)
            }
        }
    }

    /// Because it is time to; failures are logged, and those that may pass are tried again soon.
    func commitAutomatically(_ offsets: [TopicPartition: OffsetAndMetadata]) {
        commit(offsets) { [self] error in
            guard let error else { return }
            if error.isRetriable {
                let soon = now + TimeAmount(configuration.retryBackoff)
                monitor.withLock { $0.nextAutoCommit = min($0.nextAutoCommit, soon) }
                client.logger.debug("automatic commit: \(error)")
            } else {
                client.logger.warning("automatic commit: \(error)")
            }
        }
    }
}

extension OffsetCommitRequest {
    init(
        _ groupID: GroupID,
        _ offsets: [TopicPartition: OffsetAndMetadata],
        _ generation: GroupMembership.Generation?,
        _ groupInstanceID: String?
    ) {
        self.init()
        groupId = groupID
        generationIdOrMemberEpoch = generation?.id ?? -1
        memberId = generation?.memberID ?? ""
        groupInstanceId = groupInstanceID
        for partition in offsets.keys.sorted() {
            guard let offset = offsets[partition] else { continue }
            if topics.last?.name != partition.topic {
                topics.append(OffsetCommitRequestTopic(name: partition.topic))
            }
            topics[topics.count - 1].partitions.append(
                OffsetCommitRequestPartition(
                    partitionIndex: partition.partition,
                    committedOffset: offset.offset,
                    committedLeaderEpoch: offset.leaderEpoch,
                    committedMetadata: offset.metadata
                )
            )
        }
    }
}

extension KafkaError {
    static var noGroup: KafkaError {
        let message =
            "To use the group management or offset commit APIs, you must provide a valid group.id in the configuration."
        return KafkaError(.invalidGroupId, message)
    }
}
