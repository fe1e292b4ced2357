import CommitLog
import KafkaProtocol
import Records

/// DescribeLogDirs (35), versions 1 to 5.
///
/// Each log directory with the partitions in it and their sizes (KIP-113), all or those asked for. The sizes of the
/// file system itself (KIP-827) are not told: -1.
struct DescribeLogDirsHandler: ImmediateRequestHandler {
    typealias Request = DescribeLogDirsRequest

    private let partitions: PartitionRegistry
    private let directories: [String]

    init(_ core: BrokerCore) {
        partitions = core.partitions
        directories = core.configuration.logDirectories
    }

    func response(to request: DescribeLogDirsRequest, _ context: RequestContext) -> DescribeLogDirsResponse {
        let wanted = request.topics.map { topics in
            Set(topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } })
        }
        let found = partitions.all.filter { wanted?.contains($0.topicPartition) ?? true }
        return DescribeLogDirsResponse(
            results: directories.map { directory in
                let here = found.filter { $0.parentDirectory == directory }
                let byTopic = Dictionary(grouping: here) { $0.topicPartition.topic }
                return .init(
                    logDir: directory,
                    topics: byTopic.sorted { $0.key < $1.key }.map { name, partitions in
                        .init(
                            name: name,
                            partitions: partitions.sorted { $0.topicPartition < $1.topicPartition }.map {
                                .init(
                                    partitionIndex: $0.topicPartition.partition,
                                    partitionSize: $0.log.sizeInBytes,
                                    offsetLag: 0,
                                    isFutureKey: false
                                )
                            }
                        )
                    }
                )
            }
        )
    }
}
