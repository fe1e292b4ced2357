import CommitLog
import Coordination
import KafkaProtocol
import Records

/// TxnOffsetCommit (28), versions 0 to 5.
///
/// Writes offsets of a group within a producer's transaction: they count when it is committed. From version 3 on the
/// consumer's member and generation are checked (KIP-447). From version 5 on the group's partition joins the transaction
/// by this; before, AddOffsetsToTxn has added it, which is verified; version 4 knows TRANSACTION_ABORTABLE (KIP-890).
/// Partitions that do not exist are refused one by one. COORDINATOR_LOAD_IN_PROGRESS is COORDINATOR_NOT_AVAILABLE before
/// version 2.
struct TxnOffsetCommitHandler: RequestHandler {
    let coordinator: GroupCoordinator
    let gate: TransactionGate
    let metadata: MetadataController

    /// The answer as it will be sent, and where the coordinator's verdicts belong in it.
    private struct Plan: Sendable {
        var response = TxnOffsetCommitResponse()
        var entries: [OffsetCommit.Entry] = []
        var places: [(topic: Int, partition: Int)] = []

        mutating func fill(_ errors: [ErrorCode]) {
            for (place, error) in zip(places, errors) {
                response.topics[place.topic].partitions[place.partition].errorCode = error
            }
        }

        mutating func fillAll(_ error: ErrorCode) { fill(places.map { _ in error }) }
    }

    func handle(_ request: TxnOffsetCommitRequest, _ context: RequestContext, _ reply: Reply<TxnOffsetCommitResponse>) {
        let plan = plan(request)
        guard !plan.entries.isEmpty else { return reply.send(plan.response) }
        let version = context.version
        @Sendable func refuse(_ code: ErrorCode) {
            var plan = plan
            let isTooNew = version < 2 && code == .coordinatorLoadInProgress
            plan.fillAll(isTooNew ? .coordinatorNotAvailable : code)
            reply.send(plan.response)
        }
        if request.groupId == "" { return refuse(.invalidGroupId) }
        let shell: GroupCoordinatorPartition
        do throws(GroupError) { shell = try coordinator.partition(of: request.groupId) } catch {
            return refuse(error.errorCode)
        }
        let producer = ProducerIdentity(request.producerId, request.producerEpoch)
        let admission = TransactionGate.Admission(
            transactionalID: request.transactionalId,
            producer: producer,
            ability: version >= 5 ? .addsByWriting : version >= 4 ? .addsKnowingAbortable : .adds,
            batches: [(shell.partition, -1)]
        )
        let place = shell.partition.topicPartition
        gate.admit(admission) { verdict in
            if let refusal = verdict.refusals[place] { return refuse(refusal) }
            commit(request, plan, producer, verdict.guards[place], on: shell) { result in
                switch result {
                case .success(let errors):
                    var plan = plan
                    plan.fill(errors.map(ErrorCode.init))
                    reply.send(plan.response)
                case .failure(let error): refuse(error.errorCode)
                }
            }
        }
    }

    private func commit(
        _ request: TxnOffsetCommitRequest,
        _ plan: Plan,
        _ producer: ProducerIdentity,
        _ verification: VerificationGuard?,
        on shell: GroupCoordinatorPartition,
        _ completion: @escaping @Sendable (Result<[GroupError?], GroupError>) -> Void
    ) {
        let commit = OffsetCommit(
            memberID: request.memberId,
            instanceID: request.groupInstanceId.map(GroupInstanceID.init(rawValue:)),
            generation: request.generationId,
            entries: plan.entries
        )
        shell.submit(
            conditions: AppendConditions(verification: verification)
        ) { (shard, moment) throws(GroupError) in
            try shard.commitTransactionalOffsets(request.groupId, commit, by: producer, at: moment)
        } _: {
            completion($0)
        }
    }

    private func plan(_ request: TxnOffsetCommitRequest) -> Plan {
        let image = metadata.image
        var plan = Plan()
        for (topicIndex, topic) in request.topics.enumerated() {
            var answer = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic(name: topic.name)
            for (index, asked) in topic.partitions.enumerated() {
                let partition = TopicPartition(topic.name, asked.partitionIndex)
                let isThere = image.partition(partition) != nil
                if isThere {
                    plan.places.append((topicIndex, index))
                    plan.entries.append(
                        OffsetCommit.Entry(
                            partition: partition,
                            offset: asked.committedOffset,
                            leaderEpoch: asked.committedLeaderEpoch,
                            metadata: asked.committedMetadata
                        )
                    )
                }
                answer.partitions.append(
                    .init(
                        partitionIndex: asked.partitionIndex,
                        errorCode: isThere ? .none : .unknownTopicOrPartition
                    )
                )
            }
            plan.response.topics.append(answer)
        }
        return plan
    }
}
