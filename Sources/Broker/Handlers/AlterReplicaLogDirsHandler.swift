import KafkaProtocol
import Records

/// AlterReplicaLogDirs (34), versions 1 and 2.
///
/// A partition that lies in the wanted directory stays there. Moves to another one (KIP-113) are not done: they answer
/// OPERATION_NOT_ATTEMPTED.
struct AlterReplicaLogDirsHandler: ImmediateRequestHandler {
    typealias Request = AlterReplicaLogDirsRequest

    private let core: BrokerCore

    init(_ core: BrokerCore) { self.core = core }

    func response(to request: AlterReplicaLogDirsRequest, _ context: RequestContext) -> AlterReplicaLogDirsResponse {
        var results: [TopicName: [AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult]] = [:]
        for directory in request.dirs {
            for topic in directory.topics {
                for partition in topic.partitions {
                    let code = outcome(TopicPartition(topic.name, partition), directory.path)
                    results[topic.name, default: []].append(.init(partitionIndex: partition, errorCode: code))
                }
            }
        }
        return AlterReplicaLogDirsResponse(
            results: results.sorted { $0.key < $1.key }.map { .init(topicName: $0.key, partitions: $0.value) }
        )
    }

    private func outcome(_ topicPartition: TopicPartition, _ directory: String) -> ErrorCode {
        guard core.configuration.logDirectories.contains(directory) else { return .logDirNotFound }
        guard let partition = core.partitions.partition(topicPartition) else {
            return core.metadata.image.partition(topicPartition) == nil
                ? .unknownTopicOrPartition : .replicaNotAvailable
        }
        return partition.parentDirectory == directory ? .none : .operationNotAttempted
    }
}
