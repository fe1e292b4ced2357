import KafkaProtocol
import Records

extension AdminClient {
    /// The committed offsets of groups, all or those of these partitions; partitions without one are left out.
    /// A group that nobody knows has none.
    public func listGroupOffsets(
        _ groups: [GroupID],
        partitions: [TopicPartition]? = nil
    ) async throws(KafkaError) -> [GroupID: Result<[TopicPartition: OffsetAndMetadata], KafkaError>] {
        let topics = partitions.map { Dictionary(grouping: $0, by: \.topic).sorted { $0.key < $1.key } }
        return try await atCoordinators(groups, call: "offsetFetch(api=OFFSET_FETCH)") {
            node,
            ids throws(KafkaError) -> [GroupID: Result<[TopicPartition: OffsetAndMetadata], KafkaError>] in
            var results: [GroupID: Result<[TopicPartition: OffsetAndMetadata], KafkaError>] = [:]
            // Brokers before 3.0 answer for one group at a time, and then say so by an answer in the old form.
            for (place, id) in ids.enumerated() where results[id] == nil {
                let asked = place == 0 ? ids : [id]
                let response = try await client.send(to: .broker(node.id), limit: 9) { version -> OffsetFetchRequest in
                    var request = OffsetFetchRequest()
                    if version < 8 {
                        request.groupId = id
                        request.topics = topics?.map {
                            .init(name: $0.key, partitionIndexes: $0.value.map(\.partition))
                        }
                    } else {
                        request.groups = asked.map { id in
                            var group = OffsetFetchRequest.OffsetFetchRequestGroup()
                            group.groupId = id
                            group.topics = topics?.map { name, partitions in
                                var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
                                topic.name = name
                                topic.partitionIndexes = partitions.map(\.partition)
                                return topic
                            }
                            return group
                        }
                    }
                    return request
                }
                guard !response.groups.isEmpty else {
                    results[id] = AdminClient.offsets(response)
                    continue
                }
                for group in response.groups { results[group.groupId] = AdminClient.offsets(group) }
            }
            return results
        }
    }

    private static func offsets(
        _ group: OffsetFetchResponse.OffsetFetchResponseGroup
    ) -> Result<[TopicPartition: OffsetAndMetadata], KafkaError> {
        let rows = group.topics.flatMap { topic in
            topic.partitions.map { partition -> CommittedRow in
                let offset = OffsetAndMetadata(
                    partition.committedOffset,
                    leaderEpoch: partition.committedLeaderEpoch,
                    metadata: partition.metadata ?? ""
                )
                return (TopicPartition(topic.name, partition.partitionIndex), offset, partition.errorCode)
            }
        }
        return offsets(rows, group.errorCode)
    }

    private static func offsets(
        _ response: OffsetFetchResponse
    ) -> Result<[TopicPartition: OffsetAndMetadata], KafkaError> {
        let rows = response.topics.flatMap { topic in
            topic.partitions.map { partition -> CommittedRow in
                let offset = OffsetAndMetadata(
                    partition.committedOffset,
                    leaderEpoch: partition.committedLeaderEpoch,
                    metadata: partition.metadata ?? ""
                )
                return (TopicPartition(topic.name, partition.partitionIndex), offset, partition.errorCode)
            }
        }
        return offsets(rows, response.errorCode)
    }

    private typealias CommittedRow = (id: TopicPartition, offset: OffsetAndMetadata, code: ErrorCode)

    private static func offsets(
        _ rows: [CommittedRow],
        _ code: ErrorCode
    ) -> Result<[TopicPartition: OffsetAndMetadata], KafkaError> {
        if code == .groupIdNotFound { return .success([:]) }
        guard code == .none else { return .failure(KafkaError(code)) }
        var offsets: [TopicPartition: OffsetAndMetadata] = [:]
        for row in rows {
            guard row.code == .none else { return .failure(KafkaError(row.code)) }
            if row.offset.offset.rawValue >= 0 { offsets[row.id] = row.offset }
        }
        return .success(offsets)
    }

    private typealias PartitionResults = [TopicPartition: Result<Void, KafkaError>]

    /// Commits offsets in the name of a group without members; it comes to be where there is none.
    public func alterGroupOffsets(
        _ group: GroupID,
        _ offsets: [TopicPartition: OffsetAndMetadata]
    ) async throws(KafkaError) -> [TopicPartition: Result<Void, KafkaError>] {
        let topics = Dictionary(grouping: offsets.sorted { $0.key < $1.key }, by: \.key.topic)
        let answers = try await atCoordinators([group], call: "offsetCommit(api=OFFSET_COMMIT)") {
            node,
            _ throws(KafkaError) -> [GroupID: Result<PartitionResults, KafkaError>] in
            let response = try await client.send(to: .broker(node.id), limit: 9) { _ -> OffsetCommitRequest in
                var request = OffsetCommitRequest()
                request.groupId = group
                request.topics = topics.sorted { $0.key < $1.key }.map { name, partitions in
                    var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
                    topic.name = name
                    topic.partitions = partitions.map { id, offset in
                        var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
                        partition.partitionIndex = id.partition
                        partition.committedOffset = offset.offset
                        partition.committedLeaderEpoch = offset.leaderEpoch
                        partition.committedMetadata = offset.metadata
                        return partition
                    }
                    return topic
                }
                return request
            }
            let codes = response.topics.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode) }
            }
            return [group: AdminClient.byPartition(codes)]
        }
        return try answers[group]?.get() ?? [:]
    }

    /// Deletes committed offsets of a group that is not subscribed to their topics. See KIP-496.
    public func deleteGroupOffsets(
        _ group: GroupID,
        _ partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: Result<Void, KafkaError>] {
        let topics = Dictionary(grouping: partitions.sorted(), by: \.topic).sorted { $0.key < $1.key }
        let answers = try await atCoordinators([group], call: "offsetDelete(api=OFFSET_DELETE)") {
            node,
            _ throws(KafkaError) -> [GroupID: Result<PartitionResults, KafkaError>] in
            var request = OffsetDeleteRequest(groupId: group)
            request.topics = topics.map { name, partitions in
                var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
                topic.name = name
                topic.partitions = partitions.map { .init(partitionIndex: $0.partition) }
                return topic
            }
            let response = try await client.send(request, to: .broker(node.id))
            guard response.errorCode == .none else { return [group: .failure(KafkaError(response.errorCode))] }
            let codes = response.topics.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode) }
            }
            return [group: AdminClient.byPartition(codes)]
        }
        return try answers[group]?.get() ?? [:]
    }

    /// Errors of the whole group stand at each partition in answers that have no other place for them: one that a new
    /// attempt may mend becomes the group's.
    private static func byPartition(
        _ codes: [(TopicPartition, ErrorCode)]
    ) -> Result<[TopicPartition: Result<Void, KafkaError>], KafkaError> {
        let moved: Set<ErrorCode> = [.notCoordinator, .coordinatorNotAvailable, .coordinatorLoadInProgress]
        if let code = codes.first(where: { moved.contains($0.1) })?.1 { return .failure(KafkaError(code)) }
        var results: [TopicPartition: Result<Void, KafkaError>] = [:]
        for (id, code) in codes { results[id] = AdminClient.result(code, nil) }
        return .success(results)
    }
}
