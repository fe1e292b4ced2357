import KafkaProtocol
import Records

/// DeleteTopics (20), versions 1 to 6.
///
/// Deletes by name, and by id from version 6 on (KIP-516). `delete.topic.enable=false` refuses all. The answer comes
/// when the topics are gone from the metadata; their folders go later.
struct DeleteTopicsHandler: RequestHandler {
    private let metadata: MetadataController
    private let isEnabled: Bool

    init(metadata: MetadataController, configuration: BrokerConfiguration) {
        self.metadata = metadata
        isEnabled = configuration.boolean("delete.topic.enable")
    }

    func handle(_ request: DeleteTopicsRequest, _ context: RequestContext, _ reply: Reply<DeleteTopicsResponse>) {
        guard isEnabled else {
            // Versions before 3 do not know TOPIC_DELETION_DISABLED.
            let code: ErrorCode = context.version < 3 ? .invalidRequest : .topicDeletionDisabled
            return reply.send(refusal(request, APIFailure(code, "Topic deletion is disabled.")))
        }
        let image = metadata.image
        let asked =
            context.version >= 6
            ? request.topics.map { Asked(name: $0.name, id: $0.topicId) }
            : request.topicNames.map { Asked(name: $0, id: .none) }
        let resolved = asked.map { resolve($0, image) }
        let ids = resolved.compactMap { topic in topic.failure == nil ? topic.id : nil }
        metadata.deleteTopics(ids) { results in
            var outcomes = results.makeIterator()
            let responses = resolved.map { topic in
                if let failure = topic.failure { return answer(topic, failure) }
                switch outcomes.next() {
                case .failure(let failure): return answer(topic, failure)
                case .success, nil: return answer(topic, nil)
                }
            }
            reply.send(DeleteTopicsResponse(responses: responses))
        }
    }

    private struct Asked {
        var name: TopicName?
        var id: TopicID
        var failure: APIFailure?
    }

    private func resolve(_ asked: Asked, _ image: MetadataImage) -> Asked {
        var topic = asked
        switch (asked.name, asked.id == .none) {
        case (let name?, true):
            topic.id = image.topic(name)?.id ?? .none
            if topic.id == .none { topic.failure = APIFailure(.unknownTopicOrPartition) }
        case (nil, false):
            topic.name = image.topicNames[asked.id]
            if topic.name == nil { topic.failure = APIFailure(.unknownTopicId) }
        case (nil, true): topic.failure = APIFailure(.invalidRequest, "Neither topic name nor id were specified.")
        case (_?, false):
            topic.failure = APIFailure(.invalidRequest, "You may not specify both topic name and topic id.")
        }
        return topic
    }

    private func answer(_ topic: Asked, _ failure: APIFailure?) -> DeleteTopicsResponse.DeletableTopicResult {
        DeleteTopicsResponse.DeletableTopicResult(
            name: topic.name,
            topicId: topic.id,
            errorCode: failure?.code ?? .none,
            errorMessage: failure.map { $0.message ?? $0.code.message }
        )
    }

    private func refusal(_ request: DeleteTopicsRequest, _ failure: APIFailure) -> DeleteTopicsResponse {
        let named = request.topicNames.map { Asked(name: $0, id: .none) }
        let stated = request.topics.map { Asked(name: $0.name, id: $0.topicId) }
        return DeleteTopicsResponse(responses: (named + stated).map { answer($0, failure) })
    }
}
