import KafkaProtocol
import Logging
import NIOCore
import Records

/// The group's requests.
extension ConsumerShell {
    func perform(_ directive: GroupMembership.Directive) {
        guard let groupID = configuration.groupID else { return }
        switch directive {
        case .join(let generation, let protocols, let reason):
            join(groupID, generation, protocols, reason)
        case .sync(let generation, let assignments):
            sync(groupID, generation, assignments)
        case .heartbeat(let generation):
            heartbeat(groupID, generation)
        case .leave(let generation, let reason):
            leave(groupID, generation, reason) {}
        case .commitPositions:
            let positions = monitor.withLock { $0.subscription.positions }
            commit(positions) { [self] error in
                if let error { client.logger.warning("committing before a rebalance: \(error)") }
                let now = now
                monitor.withLock { $0.membership?.committedBeforeRebalance(error, now: now) }
                changed()
            }
        case .forgetCoordinator:
            client.forgetCoordinator(of: .group(groupID))
        }
    }

    private func join(
        _ groupID: GroupID,
        _ generation: GroupMembership.Generation,
        _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol],
        _ reason: String
    ) {
        let request = JoinGroupRequest(
            groupId: groupID,
            sessionTimeoutMs: configuration.sessionTimeout.wireMilliseconds,
            rebalanceTimeoutMs: configuration.maxPollInterval.wireMilliseconds,
            memberId: generation.memberID,
            groupInstanceId: configuration.groupInstanceID,
            protocolType: ConsumerProtocol.type,
            protocols: protocols,
            reason: String(reason.prefix(255))
        )
        client.logger.debug("(re-)joining group \(groupID): \(reason)")
        client.call(
            to: .group(groupID),
            lane: coordinatorLane,
            // The coordinator may hold the answer back for the rebalance timeout.
            timeout: max(configuration.requestTimeout, configuration.maxPollInterval + .seconds(5)),
            { _ in request },
            completion: { [self] result in
                let now = now
                monitor.withLock { state in
                    state.electionMetadata = nil
                    state.membership?.joinAnswered(result, sent: generation, now: now)
                }
                changed()
            }
        )
    }

    private func sync(
        _ groupID: GroupID,
        _ generation: GroupMembership.Generation,
        _ assignments: [SyncGroupRequest.SyncGroupRequestAssignment]
    ) {
        let request = SyncGroupRequest(
            groupId: groupID,
            generationId: generation.id,
            memberId: generation.memberID,
            groupInstanceId: configuration.groupInstanceID,
            protocolType: ConsumerProtocol.type,
            protocolName: generation.protocolName,
            assignments: assignments
        )
        client.call(
            to: .group(groupID),
            lane: coordinatorLane,
            timeout: max(configuration.requestTimeout, configuration.maxPollInterval + .seconds(5)),
            { _ in request },
            completion: { [self] result in
                let now = now
                monitor.withLock { $0.membership?.syncAnswered(result, sent: generation, now: now) }
                changed()
            }
        )
    }

    private func heartbeat(_ groupID: GroupID, _ generation: GroupMembership.Generation) {
        let request = HeartbeatRequest(
            groupId: groupID,
            generationId: generation.id,
            memberId: generation.memberID,
            groupInstanceId: configuration.groupInstanceID
        )
        client.call(
            to: .group(groupID),
            lane: coordinatorLane,
            timeout: configuration.requestTimeout,
            { _ in request },
            completion: { [self] result in
                let now = now
                monitor.withLock { $0.membership?.heartbeatAnswered(result, sent: generation, now: now) }
                changed()
            }
        )
    }

    /// A single attempt: whoever is not heard of is taken out by the coordinator in time.
    func leave(
        _ groupID: GroupID,
        _ generation: GroupMembership.Generation,
        _ reason: String,
        _ completion: @escaping @Sendable () -> Void
    ) {
        let make: @Sendable (Int16) -> LeaveGroupRequest = { version in
            guard version >= 3 else { return LeaveGroupRequest(groupId: groupID, memberId: generation.memberID) }
            let member = LeaveGroupRequest.MemberIdentity(
                memberId: generation.memberID,
                reason: String(reason.prefix(255))
            )
            return LeaveGroupRequest(groupId: groupID, members: [member])
        }
        client.logger.debug("leaving group \(groupID): \(reason)")
        client.call(to: .group(groupID), timeout: configuration.requestTimeout, make) { [client] result in
            if case .failure(let error) = result { client.logger.debug("leaving group \(groupID): \(error)") }
            completion()
        }
    }

    // MARK: Metadata to assign with

    /// The leader asks for the topics of all members, whether or not they exist.
    func askElectionMetadata(_ topics: Set<TopicName>) {
        let names = topics.sorted()
        let creates = client.configuration.allowsAutoTopicCreation
        let make: @Sendable (Int16) -> MetadataRequest = { version in
            var request = MetadataRequest()
            request.topics = names.map { MetadataRequest.MetadataRequestTopic(name: $0) }
            if version >= 4 { request.allowAutoTopicCreation = creates }
            return request
        }
        client.call(to: .any, retries: true, make) { [self] result in
            let now = now
            monitor.withLock { state in
                state.isAskingElectionMetadata = false
                switch result {
                case .success(let response): state.electionMetadata = ClusterMetadata(response)
                case .failure(let error): state.membership?.workFailed(error, now: now)
                }
            }
            changed()
        }
    }
}

extension ClusterMetadata {
    /// A snapshot of one answer.
    init(_ response: MetadataResponse) {
        self.init()
        clusterID = response.clusterId
        controllerID = response.controllerId
        for broker in response.brokers {
            brokers[broker.nodeId] = BrokerNode(
                id: broker.nodeId,
                host: broker.host,
                port: Int(broker.port),
                rack: broker.rack
            )
        }
        for topic in response.topics {
            guard let name = topic.name else { continue }
            topics[name] = TopicMetadata(
                name: name,
                id: topic.topicId,
                error: topic.errorCode,
                isInternal: topic.isInternal,
                partitions: topic.partitions.map(PartitionMetadata.init).sorted { $0.index < $1.index }
            )
        }
    }
}
