import KafkaProtocol
import Records

/// ListPartitionReassignments (46), version 0.
///
/// The partitions that are on their way to other brokers (KIP-455): all, or those among the ones asked for.
struct ListPartitionReassignmentsHandler: ImmediateRequestHandler {
    typealias Request = ListPartitionReassignmentsRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(
        to request: ListPartitionReassignmentsRequest,
        _ context: RequestContext
    ) -> ListPartitionReassignmentsResponse {
        let image = metadata.image
        let asked = request.topics?.map { ($0.name, Set($0.partitionIndexes)) }
        let topics: [(TopicName, Set<PartitionIndex>?)] =
            asked ?? image.topics.keys.sorted().map { ($0, nil) }
        return ListPartitionReassignmentsResponse(
            errorMessage: nil,
            topics: topics.compactMap { name, indexes in
                let partitions = ongoing(image.topic(name), indexes)
                return partitions.isEmpty ? nil : .init(name: name, partitions: partitions)
            }
        )
    }

    private func ongoing(
        _ topic: MetadataImage.Topic?,
        _ indexes: Set<PartitionIndex>?
    ) -> [ListPartitionReassignmentsResponse.OngoingPartitionReassignment] {
        (topic?.partitions ?? []).enumerated().compactMap { offset, partition in
            let index = PartitionIndex(Int32(clamping: offset))
            guard partition.isReassigning, indexes?.contains(index) ?? true else { return nil }
            return .init(
                partitionIndex: index,
                replicas: partition.replicas,
                addingReplicas: partition.addingReplicas,
                removingReplicas: partition.removingReplicas
            )
        }
    }
}
