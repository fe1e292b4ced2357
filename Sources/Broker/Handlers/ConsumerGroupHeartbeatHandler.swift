import Coordination
import KafkaProtocol
import Records

/// ConsumerGroupHeartbeat (68), versions 0 and 1.
///
/// Joins a group of the consumer protocol, keeps, changes and ends the membership; the answer brings the epoch and, where
/// it changed, what the member owns (KIP-848). From version 1 the member makes its own id and may subscribe by a regular
/// expression.
struct ConsumerGroupHeartbeatHandler: RequestHandler {
    let coordinator: GroupCoordinator
    let environment: BrokerEnvironment

    func handle(
        _ request: ConsumerGroupHeartbeatRequest,
        _ context: RequestContext,
        _ reply: Reply<ConsumerGroupHeartbeatResponse>
    ) {
        if let failure = refusal(request, context.version) {
            return reply.send(ConsumerGroupHeartbeatResponse(errorCode: failure.code, errorMessage: failure.message))
        }
        let settings = coordinator.settings(of: request.groupId)
        let heartbeat = heartbeat(request, context)
        coordinator.submit(to: request.groupId) { (shard, moment) throws(GroupError) in
            try shard.consumerHeartbeat(request.groupId, heartbeat, settings: settings, at: moment)
        } _: { result in
            switch result {
            case .failure(let error):
                let message = ConsumerGroupHeartbeatHandler.message(error, heartbeat, request.groupId)
                reply.send(ConsumerGroupHeartbeatResponse(errorCode: error.errorCode, errorMessage: message))
            case .success(let answer):
                reply.send(
                    ConsumerGroupHeartbeatResponse(
                        memberId: answer.memberID,
                        memberEpoch: answer.epoch,
                        heartbeatIntervalMs: answer.epoch < 0 ? 0 : Int32(clamping: settings.heartbeatIntervalMs),
                        assignment: answer.assignment.map { partitions in
                            .init(
                                topicPartitions: partitions.sorted.map {
                                    .init(topicId: $0.topic, partitions: $0.partitions)
                                }
                            )
                        }
                    )
                )
            }
        }
    }

    private func heartbeat(_ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext) -> ConsumerHeartbeat {
        var id = request.memberId
        if id == MemberID("") {
            var random = environment.randomNumbers()
            id = MemberID(KafkaUUID.random(using: &random).description)
        }
        var heartbeat = ConsumerHeartbeat(
            memberID: id,
            epoch: request.memberEpoch,
            clientID: context.clientID,
            clientHost: context.clientHost
        )
        heartbeat.instanceID = request.instanceId.map(GroupInstanceID.init(rawValue:))
        heartbeat.rackID = request.rackId
        heartbeat.rebalanceTimeoutMs = request.rebalanceTimeoutMs
        heartbeat.topics = request.subscribedTopicNames
        heartbeat.topicRegex = request.subscribedTopicRegex
        heartbeat.assignor = request.serverAssignor
        heartbeat.owned = request.topicPartitions.map { owned in
            PartitionsByTopic(owned.map { ($0.topicId, $0.partitions) })
        }
        return heartbeat
    }

    /// What is wrong with the request by itself; nil when nothing is.
    private func refusal(_ request: ConsumerGroupHeartbeatRequest, _ version: Int16) -> APIFailure? {
        func invalid(_ message: String) -> APIFailure { APIFailure(.invalidRequest, message) }
        let epoch = request.memberEpoch
        if version >= 1 || epoch > 0 || epoch == -1, request.memberId.rawValue.isBlank {
            return invalid("MemberId can't be empty.")
        }
        if request.groupId.rawValue.isBlank { return invalid("GroupId can't be empty.") }
        if request.instanceId?.isBlank == true { return invalid("InstanceId can't be empty.") }
        if request.rackId?.isBlank == true { return invalid("RackId can't be empty.") }
        if epoch == 0 {
            if request.rebalanceTimeoutMs == -1 {
                return invalid("RebalanceTimeoutMs must be provided in first request.")
            }
            guard request.topicPartitions?.isEmpty == true else {
                return invalid("TopicPartitions must be empty when (re-)joining.")
            }
            if request.subscribedTopicNames == nil, request.subscribedTopicRegex == nil {
                return invalid(
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
                )
            }
        } else if epoch == -2 {
            if request.memberId.rawValue.isBlank { return invalid("MemberId can't be empty.") }
            if request.instanceId == nil { return invalid("InstanceId can't be null.") }
        } else if epoch < -1 {
            return invalid("MemberEpoch is invalid.")
        }
        let assignors = coordinator.assignors.map(\.rawValue)
        if let assignor = request.serverAssignor, !assignors.contains(assignor) {
            return APIFailure(
                .unsupportedAssignor,
                "ServerAssignor \(assignor) is not supported. Supported assignors: "
                    + "\(assignors.joined(separator: ", "))."
            )
        }
        if let regex = request.subscribedTopicRegex, !GroupCoordinatorShard.isValidTopicRegex(regex) {
            return APIFailure(
                .invalidRegularExpression,
                "SubscribedTopicRegex `\(regex)` is not a valid regular expression."
            )
        }
        return nil
    }

    private static func message(_ error: GroupError, _ heartbeat: ConsumerHeartbeat, _ group: GroupID) -> String {
        switch error {
        case .groupIDNotFound: "Group \(group) not found."
        case .unknownMemberID: "Member \(heartbeat.memberID) is not a member of group \(group)."
        case .fencedMemberEpoch:
            "The consumer group member has another member epoch than \(heartbeat.epoch). The member must abandon all its "
                + "partitions and rejoin."
        case .unreleasedInstanceID:
            "Static member \(heartbeat.memberID) with instance id \(heartbeat.instanceID?.rawValue ?? "") cannot join the "
                + "group because the instance id is owned by another member."
        case .fencedInstanceID:
            "Static member \(heartbeat.memberID) with instance id \(heartbeat.instanceID?.rawValue ?? "") was fenced by "
                + "another member."
        case .groupMaxSizeReached: "The consumer group has reached its maximum capacity."
        case .invalidGroupID, .invalidSessionTimeout, .coordinatorNotAvailable, .coordinatorLoadInProgress,
            .notCoordinator, .memberIDRequired, .illegalGeneration, .inconsistentGroupProtocol, .rebalanceInProgress,
            .nonEmptyGroup, .groupSubscribedToTopic, .offsetMetadataTooLarge, .unstableOffsetCommit, .staleMemberEpoch,
            .invalidRegularExpression, .unsupportedVersion, .invalidProducerEpoch, .invalidTransactionState,
            .unknownServerError:
            error.errorCode.message
        }
    }
}

extension String {
    fileprivate var isBlank: Bool { trimmingWhitespace().isEmpty }
}
