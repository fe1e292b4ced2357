import Coordination
import KafkaProtocol
import Records

/// OffsetCommit (8), versions 2 to 10.
///
/// Writes offsets of a group, from its members or from outside (generation -1). A retention time may be given up to
/// version 4; leader epochs from version 6 (KIP-320), static members from 7 (KIP-345), topics by id from 10 (KIP-848).
/// Partitions that do not exist are refused one by one; the rest is committed. A group that is not there is
/// ILLEGAL_GENERATION to clients before version 9, GROUP_ID_NOT_FOUND after.
/// Members of the consumer protocol commit in their epoch, from version 9 (KIP-848); before, UNSUPPORTED_VERSION.
struct OffsetCommitHandler: RequestHandler {
    let coordinator: GroupCoordinator
    let metadata: MetadataController

    /// The answer as it will be sent, and where the coordinator's verdicts belong in it.
    private struct Plan: Sendable {
        var response: OffsetCommitResponse
        var entries: [OffsetCommit.Entry] = []
        var places: [(topic: Int, partition: Int)] = []

        mutating func fill(_ errors: [ErrorCode]) {
            for (place, error) in zip(places, errors) {
                response.topics[place.topic].partitions[place.partition].errorCode = error
            }
        }
    }

    func handle(_ request: OffsetCommitRequest, _ context: RequestContext, _ reply: Reply<OffsetCommitResponse>) {
        let plan = plan(request, context.version)
        guard !plan.entries.isEmpty else { return reply.send(plan.response) }
        let commit = OffsetCommit(
            memberID: request.memberId,
            instanceID: request.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
            generation: request.generationIdOrMemberEpoch,
            retention: request.retentionTimeMs == -1 ? nil : .milliseconds(request.retentionTimeMs),
            knowsEpochs: context.version >= 9,
            entries: plan.entries
        )
        coordinator.submit(to: request.groupId) { (shard, moment) throws(GroupError) in
            try shard.commitOffsets(request.groupId, commit, at: moment)
        } _: { result in
            var plan = plan
            switch result {
            case .success(let errors): plan.fill(errors.map(ErrorCode.init))
            case .failure(let error):
                let code = OffsetCommitHandler.code(of: error, context.version)
                plan.fill(plan.places.map { _ in code })
            }
            reply.send(plan.response)
        }
    }

    private static func code(of error: GroupError, _ version: Int16) -> ErrorCode {
        error == .groupIDNotFound && version < 9 ? .illegalGeneration : error.errorCode
    }

    private func plan(_ request: OffsetCommitRequest, _ version: Int16) -> Plan {
        let image = metadata.image
        var plan = Plan(response: OffsetCommitResponse())
        for (topicIndex, asked) in request.topics.enumerated() {
            let topic = version >= 10 ? image.topic(asked.topicId) : image.topic(asked.name)
            var answer = OffsetCommitResponse.OffsetCommitResponseTopic(name: asked.name, topicId: asked.topicId)
            for (index, partition) in asked.partitions.enumerated() {
                var error = ErrorCode.none
                if let topic, topic.partitions.indices.contains(Int(partition.partitionIndex.rawValue)) {
                    plan.places.append((topicIndex, index))
                    plan.entries.append(entry(partition, of: topic.name))
                } else {
                    error = version >= 10 && topic == nil ? .unknownTopicId : .unknownTopicOrPartition
                }
                answer.partitions.append(
                    OffsetCommitResponse.OffsetCommitResponsePartition(
                        partitionIndex: partition.partitionIndex,
                        errorCode: error
                    )
                )
            }
            plan.response.topics.append(answer)
        }
        return plan
    }

    private func entry(
        _ partition: OffsetCommitRequest.OffsetCommitRequestPartition,
        of topic: TopicName
    ) -> OffsetCommit.Entry {
        OffsetCommit.Entry(
            partition: TopicPartition(topic, partition.partitionIndex),
            offset: partition.committedOffset,
            leaderEpoch: partition.committedLeaderEpoch,
            metadata: partition.committedMetadata
        )
    }
}
