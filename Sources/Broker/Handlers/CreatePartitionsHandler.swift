import KafkaProtocol
import Records

/// CreatePartitions (37), versions 0 to 3.
///
/// Adds partitions to topics, placed by the broker or as assigned; or only checks that it could (`validateOnly`). Two
/// entries for one topic are both refused. A client over its quota is refused from version 3 on, and slowed down
/// (KIP-599).
struct CreatePartitionsHandler: RequestHandler {
    private let metadata: MetadataController
    private let quotas: MutationQuotas

    init(_ core: BrokerCore) {
        metadata = core.metadata
        quotas = core.mutationQuotas
    }

    func handle(_ request: CreatePartitionsRequest, _ context: RequestContext, _ reply: Reply<CreatePartitionsResponse>)
    {
        var counts: [TopicName: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        let unique = request.topics.filter { counts[$0.name] == 1 }
        let duplicates = counts.filter { $0.value > 1 }.keys.sorted()
        let increases = unique.map { topic in
            PartitionIncrease(topic: topic.name, count: topic.count, assignments: topic.assignments?.map(\.brokerIds))
        }
        let budget = quotas.budget(context, isStrict: context.version >= 3)
        metadata.createPartitions(increases, validateOnly: request.validateOnly, charging: budget) { results in
            var answers = zip(unique, results).map { answer($0.name, $1) }
            for name in duplicates {
                answers.append(answer(name, .failure(APIFailure(.invalidRequest, "Duplicate topic name."))))
            }
            reply.send(CreatePartitionsResponse(throttleTimeMs: budget.delayMs(after: results), results: answers))
        }
    }

    private func answer(
        _ name: TopicName,
        _ result: Result<Void, APIFailure>
    ) -> CreatePartitionsResponse.CreatePartitionsTopicResult {
        switch result {
        case .success: .init(name: name)
        case .failure(let failure):
            .init(name: name, errorCode: failure.code, errorMessage: failure.message ?? failure.code.message)
        }
    }
}
