import CommitLog
import KafkaProtocol
import Logging
import Records

/// DescribeLogDirs (35), versions 1 to 5.
///
/// Each log directory with the partitions in it and their sizes (KIP-113), all or those asked for; and the size of its
/// file system and what of it is free (KIP-827). No directory is ever cordoned (KIP-1066).
struct DescribeLogDirsHandler: ImmediateRequestHandler {
    typealias Request = DescribeLogDirsRequest

    private let partitions: PartitionRegistry
    private let directories: [String]
    private let environment: BrokerEnvironment

    init(_ core: BrokerCore) {
        partitions = core.partitions
        directories = core.configuration.logDirectories
        environment = core.environment
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
                let space: FileSystemSpace?
                do throws(FileSystemError) { space = try environment.fileSystem.space(at: directory) } catch {
                    environment.logger.error("\(error)")
                    return .init(errorCode: .kafkaStorageError, logDir: directory)
                }
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
                    },
                    totalBytes: space?.totalBytes ?? -1,
                    usableBytes: space?.usableBytes ?? -1
                )
            }
        )
    }
}
