import KafkaClient
import KafkaProtocol
import Records

/// Gathers what a description of topics shows, from the requests that the broker has.
struct TopicQuery: Sendable {
    let admin: AdminClient

    /// DescribeConfigs' source of a value that nobody set.
    private static let defaultConfigSource: Int8 = 5

    /// Describes `names`, in their order. Topics that went away meanwhile are left out.
    ///
    /// Partitions come page by page with their eligible leaders, and from brokers before 3.9 by Metadata without.
    func describe(_ names: [TopicName], pageLimit: Int32 = 2000) async throws(KafkaError) -> [TopicDescription] {
        guard !names.isEmpty else { return [] }
        var topics: [TopicName: TopicDescription]
        do {
            topics = try await pages(names, limit: pageLimit)
        } catch  where error.code == .unsupportedVersion {
            topics = try await metadata(names)
        }
        let reassignments = try await reassignments()
        let configs = try await admin.describeConfigs(topics.keys.sorted().map { ConfigResource(.topic, $0.rawValue) })
        var descriptions: [TopicDescription] = []
        for name in names {
            guard var topic = topics[name] else { continue }
            topic.partitions.sort { $0.index < $1.index }
            for place in topic.partitions.indices {
                let partition = TopicPartition(name, topic.partitions[place].index)
                topic.partitions[place].reassignment = reassignments[partition]
            }
            // Kafka's tool keeps them in a hash table, and so prints them in its order.
            let entries = try configs[ConfigResource(.topic, name.rawValue)]?.get() ?? []
            for config in HashOrder.sorted(entries, \.name) {
                let isDefault = config.configSource == TopicQuery.defaultConfigSource
                topic.configs.append(.init(name: config.name, value: config.value ?? "null", isDefault: isDefault))
            }
            descriptions.append(topic)
        }
        return descriptions
    }

    private func pages(_ names: [TopicName], limit: Int32) async throws(KafkaError) -> [TopicName: TopicDescription] {
        var topics: [TopicName: TopicDescription] = [:]
        var request = DescribeTopicPartitionsRequest(topics: names.sorted().map { .init(name: $0) })
        request.responsePartitionLimit = limit
        while true {
            let response = try await admin.client.send(request)
            for topic in response.topics {
                guard let name = topic.name else { continue }
                guard topic.errorCode == .none else { throw KafkaError(topic.errorCode) }
                topics[name, default: TopicDescription(name: name, id: topic.topicId, partitions: [], configs: [])]
                    .partitions += topic.partitions.map { partition in
                        PartitionDescription(
                            index: partition.partitionIndex,
                            leader: partition.leaderId,
                            replicas: partition.replicaNodes,
                            inSyncReplicas: partition.isrNodes,
                            eligibleLeaderReplicas: partition.eligibleLeaderReplicas ?? [],
                            lastKnownEligibleLeaderReplicas: partition.lastKnownElr ?? []
                        )
                    }
            }
            guard let next = response.nextCursor else { return topics }
            request.cursor = .init(topicName: next.topicName, partitionIndex: next.partitionIndex)
        }
    }

    private func metadata(_ names: [TopicName]) async throws(KafkaError) -> [TopicName: TopicDescription] {
        var topics: [TopicName: TopicDescription] = [:]
        for (name, result) in try await admin.describeTopics(names) {
            let topic = try result.get()
            topics[name] = TopicDescription(
                name: name,
                id: topic.id,
                partitions: topic.partitions.map {
                    PartitionDescription(
                        index: $0.index,
                        leader: $0.leader,
                        replicas: $0.replicas,
                        inSyncReplicas: $0.inSyncReplicas
                    )
                },
                configs: []
            )
        }
        return topics
    }

    /// Every reassignment that is under way; none from brokers that cannot tell or may not.
    private func reassignments() async throws(KafkaError) -> [TopicPartition: PartitionDescription.Reassignment] {
        let response: ListPartitionReassignmentsResponse
        do {
            response = try await admin.client.send(ListPartitionReassignmentsRequest())
        } catch  where error.code == .unsupportedVersion {
            return [:]
        }
        if response.errorCode == .clusterAuthorizationFailed { return [:] }
        guard response.errorCode == .none else { throw KafkaError(response.errorCode, response.errorMessage) }
        var reassignments: [TopicPartition: PartitionDescription.Reassignment] = [:]
        for topic in response.topics {
            for partition in topic.partitions {
                reassignments[TopicPartition(topic.name, partition.partitionIndex)] = .init(
                    replicas: partition.replicas,
                    adding: partition.addingReplicas,
                    removing: partition.removingReplicas
                )
            }
        }
        return reassignments
    }
}
