import KafkaProtocol
import Records

/// Metadata (3), versions 0 to 13.
///
/// Answers from the published image: brokers with their address at the listener that the question came by, topics by
/// name or id (version 12 and up, KIP-516), all topics where none is named (an empty list in version 0, null later). A
/// missing topic is made where the client and `auto.create.topics.enable` allow it, and the answer waits until it is
/// there, so that it describes the new topic at once. Authorized operations (KIP-430) are all that there are.
struct MetadataHandler: RequestHandler {
    private let metadata: MetadataController
    private let autoTopicCreation: AutoTopicCreation

    init(metadata: MetadataController, autoTopicCreation: AutoTopicCreation) {
        self.metadata = metadata
        self.autoTopicCreation = autoTopicCreation
    }

    func handle(_ request: MetadataRequest, _ context: RequestContext, _ reply: Reply<MetadataResponse>) {
        if context.version < 12, let topics = request.topics,
            topics.contains(where: { $0.name == nil || $0.topicId != .none })
        {
            return reply.send(MetadataHandler.refusal(topics))
        }
        let image = metadata.image
        let missing = creatable(request, image)
        guard !missing.isEmpty else { return reply.send(response(to: request, context, image)) }
        autoTopicCreation.ensure(missing) { failures in
            reply.send(response(to: request, context, metadata.image, failures))
        }
    }

    /// Ids instead of names came with version 12; what versions 10 and 11 have room for is refused.
    private static func refusal(_ topics: [MetadataRequest.MetadataRequestTopic]) -> MetadataResponse {
        MetadataResponse(
            topics: topics.map { .init(errorCode: .invalidRequest, name: $0.name ?? "", topicId: $0.topicId) }
        )
    }

    private func creatable(_ request: MetadataRequest, _ image: MetadataImage) -> [TopicName] {
        guard request.allowAutoTopicCreation, let topics = request.topics else { return [] }
        let names = topics.compactMap(\.name).filter { name in
            image.topics[name] == nil && TopicNameRules.complaint(about: name) == nil
                && (autoTopicCreation.isEnabled || TopicNameRules.isInternal(name))
        }
        return Set(names).sorted()
    }

    private func response(
        to request: MetadataRequest,
        _ context: RequestContext,
        _ image: MetadataImage,
        _ failures: [TopicName: APIFailure] = [:]
    ) -> MetadataResponse {
        let asksForAll = request.topics.map { $0.isEmpty && context.version == 0 } ?? true
        var topics =
            if asksForAll {
                image.topics.values.sorted { $0.name < $1.name }.map { describe($0, image) }
            } else {
                MetadataHandler.distinct(request.topics ?? []).map { answer($0, image, failures) }
            }
        if request.includeTopicAuthorizedOperations {
            for index in topics.indices { topics[index].topicAuthorizedOperations = AuthorizedOperations.topic }
        }
        return MetadataResponse(
            brokers: brokers(image, context),
            clusterId: image.clusterID,
            controllerId: controllerID(image),
            topics: topics,
            clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
                ? AuthorizedOperations.cluster : AuthorizedOperations.notAsked
        )
    }

    private func brokers(_ image: MetadataImage, _ context: RequestContext) -> [MetadataResponse.MetadataResponseBroker]
    {
        image.brokers.values.filter { !$0.isFenced }.sorted { $0.id < $1.id }.compactMap { broker in
            broker.endPoint(reachableBy: context).map { endPoint in
                MetadataResponse.MetadataResponseBroker(
                    nodeId: broker.id,
                    host: endPoint.host,
                    port: Int32(endPoint.port),
                    rack: broker.rack
                )
            }
        }
    }

    /// Clients are told a broker, not the controller: brokers pass on what is the controller's.
    private func controllerID(_ image: MetadataImage) -> BrokerID {
        image.brokers.values.filter { !$0.isFenced }.map(\.id).min() ?? .none
    }

    /// Each topic once. Where some are asked for by id, those alone are answered, as by Kafka.
    private static func distinct(
        _ topics: [MetadataRequest.MetadataRequestTopic]
    ) -> [MetadataRequest.MetadataRequestTopic] {
        let withID = topics.filter { $0.topicId != .none }
        if !withID.isEmpty {
            var seen: Set<TopicID> = []
            return withID.filter { seen.insert($0.topicId).inserted }
        }
        var seen: Set<TopicName?> = []
        return topics.filter { seen.insert($0.name).inserted }
    }

    private func answer(
        _ asked: MetadataRequest.MetadataRequestTopic,
        _ image: MetadataImage,
        _ failures: [TopicName: APIFailure]
    ) -> MetadataResponse.MetadataResponseTopic {
        if asked.topicId != .none {
            if let topic = image.topic(asked.topicId) { return describe(topic, image) }
            return MetadataResponse.MetadataResponseTopic(errorCode: .unknownTopicId, name: nil, topicId: asked.topicId)
        }
        let name = asked.name ?? ""
        if let topic = image.topic(name) { return describe(topic, image) }
        let isValid = TopicNameRules.complaint(about: name) == nil
        let code = failures[name]?.code ?? (isValid ? .unknownTopicOrPartition : .invalidTopicException)
        return MetadataResponse.MetadataResponseTopic(
            errorCode: code,
            name: name,
            isInternal: TopicNameRules.isInternal(name)
        )
    }

    private func describe(
        _ topic: MetadataImage.Topic,
        _ image: MetadataImage
    ) -> MetadataResponse.MetadataResponseTopic {
        MetadataResponse.MetadataResponseTopic(
            name: topic.name,
            topicId: topic.id,
            isInternal: TopicNameRules.isInternal(topic.name),
            partitions: topic.partitions.enumerated().map { index, partition in
                MetadataResponse.MetadataResponsePartition(
                    errorCode: partition.leader == .none ? .leaderNotAvailable : .none,
                    partitionIndex: PartitionIndex(Int32(clamping: index)),
                    leaderId: partition.leader,
                    leaderEpoch: partition.leaderEpoch,
                    replicaNodes: partition.replicas,
                    isrNodes: partition.isr,
                    offlineReplicas: partition.replicas.filter { image.brokers[$0]?.isFenced ?? true }
                )
            }
        )
    }
}

extension MetadataImage.Broker {
    /// The broker's address for the one who asks: at the same listener, or at the first where that one is not its own
    /// (a caller in the process comes by no listener).
    func endPoint(reachableBy context: RequestContext) -> MetadataImage.EndPoint? {
        endPoint(context.listener) ?? endPoints.first
    }
}
