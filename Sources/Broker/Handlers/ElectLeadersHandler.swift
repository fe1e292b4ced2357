import KafkaProtocol
import Records

/// ElectLeaders (43), versions 0 to 2.
///
/// Makes preferred replicas lead, or any replica that lives where none in sync does (KIP-183, KIP-460). With all
/// partitions asked for, those that need no election are left out of the answer.
struct ElectLeadersHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(_ request: ElectLeadersRequest, _ context: RequestContext, _ reply: Reply<ElectLeadersResponse>) {
        guard let kind = LeaderElection.Kind(rawValue: context.version == 0 ? 0 : request.electionType) else {
            return reply.send(ElectLeadersResponse(errorCode: .invalidRequest))
        }
        let asked = request.topicPartitions?.map { ($0.topic, $0.partitions) }
        let isAll = asked == nil
        metadata.electLeaders(kind, asked) { elections in
            let results = elections.map { topic, outcomes in
                ElectLeadersResponse.ReplicaElectionResult(
                    topic: topic,
                    partitionResult: outcomes.compactMap { partition, outcome in
                        var failure: APIFailure?
                        if case .failure(let refused) = outcome { failure = refused }
                        if isAll, failure?.code == .electionNotNeeded { return nil }
                        return .init(
                            partitionId: partition,
                            errorCode: failure?.code ?? .none,
                            errorMessage: failure?.message
                        )
                    }
                )
            }
            reply.send(ElectLeadersResponse(replicaElectionResults: results))
        }
    }
}
