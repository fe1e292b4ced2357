import KafkaProtocol
import Records

/// A topic to create.
public struct NewTopic: Sendable, Hashable {
    /// The topic's name.
    public var name: TopicName
    /// Nil for the broker's `num.partitions`.
    public var partitions: Int32?
    /// Nil for the broker's `default.replication.factor`.
    public var replicationFactor: Int16?
    /// By dotted name.
    public var configs: [String: String]
    /// The brokers of each partition, in place of the two numbers.
    public var assignments: [PartitionIndex: [BrokerID]]

    /// A topic of this name; what is not given, the broker decides.
    public init(
        _ name: TopicName,
        partitions: Int32? = nil,
        replicationFactor: Int16? = nil,
        configs: [String: String] = [:],
        assignments: [PartitionIndex: [BrokerID]] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configs = configs
        self.assignments = assignments
    }
}

extension AdminClient {
    /// Creates topics, or with `validateOnly` only checks that they could be.
    public func createTopics(
        _ topics: [NewTopic],
        validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicName: Result<CreateTopicsResponse.CreatableTopicResult, KafkaError>] {
        var request = CreateTopicsRequest()
        request.timeoutMs = timeoutMs
        request.validateOnly = validateOnly
        request.topics = topics.map { topic in
            var wire = CreateTopicsRequest.CreatableTopic()
            wire.name = topic.name
            let isAssigned = !topic.assignments.isEmpty
            wire.numPartitions = isAssigned ? -1 : topic.partitions ?? -1
            wire.replicationFactor = isAssigned ? -1 : topic.replicationFactor ?? -1
            wire.assignments = topic.assignments.sorted { $0.key < $1.key }.map {
                CreateTopicsRequest.CreatableReplicaAssignment(partitionIndex: $0.key, brokerIds: $0.value)
            }
            wire.configs = topic.configs.sorted { $0.key < $1.key }.map {
                CreateTopicsRequest.CreatableTopicConfig(name: $0.key, value: $0.value)
            }
            return wire
        }
        let response = try await controlled(request) { $0.topics.contains { $0.errorCode == .notController } }
        var results: [TopicName: Result<CreateTopicsResponse.CreatableTopicResult, KafkaError>] = [:]
        for topic in response.topics {
            results[topic.name] =
                topic.errorCode == .none
                ? .success(topic) : .failure(KafkaError(topic.errorCode, topic.errorMessage))
        }
        return results
    }

    /// Deletes topics by name.
    public func deleteTopics(_ names: [TopicName]) async throws(KafkaError) -> [TopicName: Result<Void, KafkaError>] {
        let timeoutMs = timeoutMs
        let response = try await client.send(to: .any) { version -> DeleteTopicsRequest in
            var request = DeleteTopicsRequest()
            request.timeoutMs = timeoutMs
            if version >= 6 {
                request.topics = names.map { name in
                    var topic = DeleteTopicsRequest.DeleteTopicState()
                    topic.name = name
                    return topic
                }
            } else {
                request.topicNames = names
            }
            return request
        }
        var results: [TopicName: Result<Void, KafkaError>] = [:]
        for topic in response.responses {
            guard let name = topic.name else { continue }
            results[name] = AdminClient.result(topic.errorCode, topic.errorMessage)
        }
        return results
    }

    /// Every topic of the cluster; internal ones (`__consumer_offsets`, ...) where asked for.
    public func listTopics(includeInternal: Bool = false) async throws(KafkaError) -> [TopicMetadata] {
        let response = try await client.send(to: .any) { version -> MetadataRequest in
            var request = MetadataRequest()
            request.topics = version == 0 ? [] : nil
            return request
        }
        return response.topics.compactMap(TopicMetadata.init)
            .filter { includeInternal || !$0.isInternal }
            .sorted { $0.name < $1.name }
    }

    /// Topics with their partitions, leaders and replicas. Asking does not create them.
    public func describeTopics(
        _ names: [TopicName]
    ) async throws(KafkaError) -> [TopicName: Result<TopicMetadata, KafkaError>] {
        let response = try await client.send(to: .any) { version -> MetadataRequest in
            var request = MetadataRequest()
            request.topics = names.map { name in
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = name
                return topic
            }
            if version >= 4 { request.allowAutoTopicCreation = false }
            return request
        }
        var results: [TopicName: Result<TopicMetadata, KafkaError>] = [:]
        for topic in response.topics.compactMap(TopicMetadata.init) {
            results[topic.name] = topic.error == .none ? .success(topic) : .failure(KafkaError(topic.error))
        }
        return results
    }

    /// Raises topics to these numbers of partitions.
    public func createPartitions(
        _ counts: [TopicName: Int32],
        validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicName: Result<Void, KafkaError>] {
        var request = CreatePartitionsRequest()
        request.timeoutMs = timeoutMs
        request.validateOnly = validateOnly
        request.topics = counts.sorted { $0.key < $1.key }.map { name, count in
            var topic = CreatePartitionsRequest.CreatePartitionsTopic()
            topic.name = name
            topic.count = count
            topic.assignments = nil
            return topic
        }
        let response = try await controlled(request) { $0.results.contains { $0.errorCode == .notController } }
        var results: [TopicName: Result<Void, KafkaError>] = [:]
        for topic in response.results {
            results[topic.name] = AdminClient.result(topic.errorCode, topic.errorMessage)
        }
        return results
    }
}

extension TopicMetadata {
    /// Nil where the answer does not name the topic.
    init?(_ topic: MetadataResponse.MetadataResponseTopic) {
        guard let name = topic.name else { return nil }
        self.init(
            name: name,
            id: topic.topicId,
            error: topic.errorCode,
            isInternal: topic.isInternal,
            partitions: topic.partitions.map { PartitionMetadata($0) }.sorted { $0.index < $1.index }
        )
    }
}
