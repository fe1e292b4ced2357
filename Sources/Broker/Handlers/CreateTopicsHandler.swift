import KafkaProtocol
import Records

/// CreateTopics (19), versions 2 to 7.
///
/// Makes topics with defaults, counts or manual assignments, or only checks them (`validateOnly`). Each topic has its
/// own outcome. The configs of a topic that was made are always answered (KIP-525): Java's client fails on null. Two
/// topics of one name in a request are both refused. A client over its quota is refused from version 6 on, and slowed down
/// (KIP-599).
struct CreateTopicsHandler: RequestHandler {
    private let metadata: MetadataController
    private let quotas: MutationQuotas

    init(_ core: BrokerCore) {
        metadata = core.metadata
        quotas = core.mutationQuotas
    }

    func handle(_ request: CreateTopicsRequest, _ context: RequestContext, _ reply: Reply<CreateTopicsResponse>) {
        var counts: [TopicName: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        let unique = request.topics.filter { counts[$0.name] == 1 }
        let duplicates = counts.filter { $0.value > 1 }.keys.sorted()
        let budget = quotas.budget(context, isStrict: context.version >= 6)
        metadata.createTopics(
            unique.map(NewTopic.init),
            validateOnly: request.validateOnly,
            charging: budget
        ) { results in
            var topics = zip(unique, results).map { topic, result in
                switch result {
                case .success(let created): CreateTopicsResponse.CreatableTopicResult(created)
                case .failure(let failure): CreateTopicsResponse.CreatableTopicResult(topic.name, failure)
                }
            }
            topics += duplicates.map {
                CreateTopicsResponse.CreatableTopicResult($0, APIFailure(.invalidRequest, "Duplicate topic name."))
            }
            reply.send(CreateTopicsResponse(throttleTimeMs: budget.delayMs(after: results), topics: topics))
        }
    }
}

extension NewTopic {
    init(_ topic: CreateTopicsRequest.CreatableTopic) {
        self.init(
            name: topic.name,
            partitionCount: topic.numPartitions,
            replicationFactor: topic.replicationFactor,
            assignments: topic.assignments.map { ($0.partitionIndex, $0.brokerIds) },
            configs: topic.configs.map { ($0.name, $0.value) }
        )
    }
}

extension CreateTopicsResponse.CreatableTopicResult {
    fileprivate init(_ topic: CreatedTopic) {
        self.init(
            name: topic.name,
            topicId: topic.id,
            errorMessage: nil,
            numPartitions: topic.partitionCount,
            replicationFactor: topic.replicationFactor,
            configs: topic.configs.map { config in
                CreateTopicsResponse.CreatableTopicConfigs(
                    name: config.definition.name,
                    value: config.definition.isSensitive ? nil : config.value,
                    configSource: config.source.rawValue,
                    isSensitive: config.definition.isSensitive
                )
            }
        )
    }

    fileprivate init(_ name: TopicName, _ failure: APIFailure) {
        self.init(name: name, errorCode: failure.code, errorMessage: failure.message ?? failure.code.message)
    }
}
