import KafkaProtocol
import Records

/// DescribeQuorum (55), versions 0 to 2.
///
/// Who leads the metadata quorum, who votes in it, and how far each is (KIP-595, KIP-836, KIP-853). This node is a
/// quorum of one.
struct DescribeQuorumHandler: RequestHandler {
    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func handle(_ request: DescribeQuorumRequest, _ context: RequestContext, _ reply: Reply<DescribeQuorumResponse>) {
        let asked = request.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.topicName, $0.partitionIndex) }
        }
        guard asked == [MetadataLog.topicPartition] else { return reply.send(refusal(request)) }
        metadata.execute { reply.send(description(context.version)) }
    }

    private func refusal(_ request: DescribeQuorumRequest) -> DescribeQuorumResponse {
        let code = ErrorCode.unknownTopicOrPartition
        return DescribeQuorumResponse(
            topics: request.topics.map { topic in
                .init(
                    topicName: topic.topicName,
                    partitions: topic.partitions.map {
                        .init(partitionIndex: $0.partitionIndex, errorCode: code, errorMessage: code.message)
                    }
                )
            }
        )
    }

    /// On the control loop.
    private func description(_ version: Int16) -> DescribeQuorumResponse {
        let (nodeID, now) = (metadata.configuration.nodeID, metadata.environment.now())
        let voter = DescribeQuorumResponse.ReplicaState(
            replicaId: nodeID,
            logEndOffset: metadata.nextOffset,
            lastFetchTimestamp: now,
            lastCaughtUpTimestamp: now
        )
        let partition = DescribeQuorumResponse.PartitionData(
            partitionIndex: MetadataLog.topicPartition.partition,
            leaderId: nodeID,
            leaderEpoch: metadata.epoch,
            highWatermark: metadata.nextOffset,
            currentVoters: [voter]
        )
        return DescribeQuorumResponse(
            topics: [.init(topicName: MetadataLog.topicPartition.topic, partitions: [partition])],
            nodes: version >= 2 ? [.init(nodeId: nodeID, listeners: listeners(nodeID))] : []
        )
    }

    /// Where `controller.quorum.voters` says that this node is; without it, where clients reach it.
    private func listeners(_ nodeID: BrokerID) -> [DescribeQuorumResponse.Listener] {
        let configuration = metadata.configuration
        if let voter = configuration.quorumVoter, let name = configuration.controllerListenerNames.first {
            return [.init(name: name.rawValue, host: voter.host, port: voter.port)]
        }
        return metadata.image.brokers[nodeID]?.endPoints.map {
            .init(name: $0.listener.rawValue, host: $0.host, port: $0.port)
        } ?? []
    }
}
