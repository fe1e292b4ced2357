import Coordination
import KafkaProtocol
import Records
import Synchronization

/// OffsetFetch (9), versions 1 to 10.
///
/// What a group has committed for some partitions, or for all (null topics, from version 2); -1 where nothing is
/// committed. Version 7 can insist on offsets that no open transaction may still change (KIP-447), 8 asks for many
/// groups (KIP-709), 10 names topics by id (KIP-848). Errors of the whole group stand beside the partitions from
/// version 2, in each partition before.
/// A member of the consumer protocol asks in its epoch, from version 9 (KIP-848).
struct OffsetFetchHandler: RequestHandler {
    typealias Group = OffsetFetchResponse.OffsetFetchResponseGroup
    typealias AskedGroup = OffsetFetchRequest.OffsetFetchRequestGroup

    let coordinator: GroupCoordinator
    let metadata: MetadataController

    func handle(_ request: OffsetFetchRequest, _ context: RequestContext, _ reply: Reply<OffsetFetchResponse>) {
        guard context.version >= 8 else {
            return fetch(OffsetFetchHandler.group(of: request), request, context.version) { group in
                reply.send(OffsetFetchHandler.singleResponse(group, request, context.version))
            }
        }
        guard !request.groups.isEmpty else { return reply.send(OffsetFetchResponse()) }
        let gathering = Gathering<Group>(count: request.groups.count) { groups in
            reply.send(OffsetFetchResponse(groups: groups))
        }
        for (index, group) in request.groups.enumerated() {
            fetch(group, request, context.version) { gathering.put($0, at: index) }
        }
    }

    // MARK: One group

    private func fetch(
        _ asked: AskedGroup,
        _ request: OffsetFetchRequest,
        _ version: Int16,
        _ completion: @escaping @Sendable (Group) -> Void
    ) {
        let id = asked.groupId
        guard let topics = asked.topics else {
            return fetchAll(asked, requireStable: request.requireStable, version, completion)
        }
        let image = metadata.image
        // Where a topic id is unknown, its partitions are answered without the coordinator.
        let names = topics.map { version >= 10 ? image.topic($0.topicId)?.name : $0.name }
        let partitions = zip(topics, names).flatMap { topic, name in
            name.map { name in topic.partitionIndexes.map { TopicPartition(name, $0) } } ?? []
        }
        coordinator.submit(to: id) { (shard, _) throws(GroupError) in
            try shard.fetched(
                id,
                partitions,
                requireStable: request.requireStable,
                by: (asked.memberId, asked.memberEpoch)
            )
        } _: { result in
            switch result {
            case .failure(let error): completion(Group(groupId: id, errorCode: error.errorCode))
            case .success(let offsets):
                var offsets = offsets[...]
                let answered = zip(topics, names).map { topic, name in
                    OffsetFetchResponse.OffsetFetchResponseTopics(
                        name: topic.name,
                        topicId: topic.topicId,
                        partitions: topic.partitionIndexes.map { index in
                            guard name != nil else { return OffsetFetchHandler.failed(index, .unknownTopicId) }
                            return OffsetFetchHandler.answer(index, offsets.popFirst() ?? .none)
                        }
                    )
                }
                completion(Group(groupId: id, topics: answered))
            }
        }
    }

    private func fetchAll(
        _ asked: AskedGroup,
        requireStable: Bool,
        _ version: Int16,
        _ completion: @escaping @Sendable (Group) -> Void
    ) {
        let id = asked.groupId
        coordinator.submit(to: id) { (shard, _) throws(GroupError) in
            try shard.fetchedAll(id, requireStable: requireStable, by: (asked.memberId, asked.memberEpoch))
        } _: { [metadata] result in
            switch result {
            case .failure(let error): completion(Group(groupId: id, errorCode: error.errorCode))
            case .success(let offsets):
                let image = metadata.image
                var topics: [OffsetFetchResponse.OffsetFetchResponseTopics] = []
                for (partition, offset) in offsets {
                    let topicID = version >= 10 ? image.topic(partition.topic)?.id : TopicID.none
                    guard let topicID else { continue }
                    if topics.last?.name != partition.topic {
                        topics.append(.init(name: partition.topic, topicId: topicID))
                    }
                    topics[topics.count - 1].partitions.append(OffsetFetchHandler.answer(partition.partition, offset))
                }
                completion(Group(groupId: id, topics: topics))
            }
        }
    }

    private static func answer(
        _ index: PartitionIndex,
        _ offset: FetchedOffset
    ) -> OffsetFetchResponse.OffsetFetchResponsePartitions {
        switch offset {
        case .committed(let committed):
            .init(
                partitionIndex: index,
                committedOffset: committed.offset,
                committedLeaderEpoch: committed.leaderEpoch,
                metadata: committed.metadata
            )
        case .none: failed(index, .none)
        case .unstable: failed(index, .unstableOffsetCommit)
        }
    }

    private static func failed(
        _ index: PartitionIndex,
        _ error: ErrorCode
    ) -> OffsetFetchResponse.OffsetFetchResponsePartitions {
        .init(partitionIndex: index, committedOffset: -1, committedLeaderEpoch: .none, metadata: "", errorCode: error)
    }

    // MARK: Before version 8

    private static func group(of request: OffsetFetchRequest) -> AskedGroup {
        AskedGroup(
            groupId: request.groupId,
            topics: request.topics?.map { .init(name: $0.name, partitionIndexes: $0.partitionIndexes) }
        )
    }

    private static func singleResponse(
        _ group: Group,
        _ request: OffsetFetchRequest,
        _ version: Int16
    ) -> OffsetFetchResponse {
        var topics = group.topics
        if group.errorCode != .none, version < 2 {
            topics = (request.topics ?? []).map { topic in
                .init(name: topic.name, partitions: topic.partitionIndexes.map { failed($0, group.errorCode) })
            }
        }
        return OffsetFetchResponse(
            topics: topics.map { topic in
                OffsetFetchResponse.OffsetFetchResponseTopic(
                    name: topic.name,
                    partitions: topic.partitions.map {
                        OffsetFetchResponse.OffsetFetchResponsePartition(
                            partitionIndex: $0.partitionIndex,
                            committedOffset: $0.committedOffset,
                            committedLeaderEpoch: $0.committedLeaderEpoch,
                            metadata: $0.metadata,
                            errorCode: $0.errorCode
                        )
                    }
                )
            },
            errorCode: group.errorCode
        )
    }
}
