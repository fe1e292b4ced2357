import KafkaProtocol
import Records

/// DeleteTopics (20), versions 1 to 6.
///
/// Deletes by name, and by id from version 6 on (KIP-516). `delete.topic.enable=false` refuses all. The answer comes
/// when the topics are gone from the metadata; their folders go later. A client over its quota is refused from version 5
/// on, and slowed down (KIP-599).
struct DeleteTopicsHandler: RequestHandler {
    private let metadata: MetadataController
    private let quotas: MutationQuotas
    private let isEnabled: Bool

    init(_ core: BrokerCore) {
        metadata = core.metadata
        quotas = core.mutationQuotas
        isEnabled = core.configuration.boolean("delete.topic.enable")
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
        let resolved = refusingSecondNames(
            refusingRepetitions(asked).map { $0.failure == nil ? resolve($0, image) : $0 }
        )
        let ids = resolved.compactMap { topic in topic.failure == nil ? topic.id : nil }
        let budget = quotas.budget(context, isStrict: context.version >= 5)
        metadata.deleteTopics(ids, charging: budget) { results in
            var outcomes = results.makeIterator()
            let responses = resolved.map { topic in
                if let failure = topic.failure { return answer(topic, failure) }
                switch outcomes.next() {
                case .failure(let failure): return answer(topic, failure)
                case .success, nil: return answer(topic, nil)
                }
            }
            reply.send(DeleteTopicsResponse(throttleTimeMs: budget.delayMs(after: results), responses: responses))
        }
    }

    private struct Asked: Hashable {
        var name: TopicName?
        var id: TopicID
        var failure: APIFailure?
        var isUnambiguous: Bool { (name == nil) != (id == .none) }
    }

    /// A topic that is named more than once is answered once, and stays.
    private func refusingRepetitions(_ asked: [Asked]) -> [Asked] {
        var counts: [Asked: Int] = [:]
        for topic in asked where topic.isUnambiguous { counts[topic, default: 0] += 1 }
        var answered: Set<Asked> = []
        return asked.compactMap { topic in
            guard let count = counts[topic], count > 1 else { return topic }
            guard answered.insert(topic).inserted else { return nil }
            var refused = topic
            refused.failure = APIFailure(.invalidRequest, "Duplicate topic \(topic.name == nil ? "id" : "name").")
            return refused
        }
    }

    /// A topic that is named by its name and by its id stays.
    private func refusingSecondNames(_ resolved: [Asked]) -> [Asked] {
        var counts: [TopicID: Int] = [:]
        for topic in resolved where topic.failure == nil { counts[topic.id, default: 0] += 1 }
        return resolved.map { topic in
            guard topic.failure == nil, counts[topic.id] != 1 else { return topic }
            var refused = topic
            refused.failure = APIFailure(
                .invalidRequest,
                "The provided topic name maps to an ID that was already supplied."
            )
            return refused
        }
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
