import KafkaProtocol
import Records

/// One partition's batch within a request.
struct ProducePayload: Sendable {
    let topicPartition: TopicPartition
    let topicID: TopicID
    let bytes: Bytes
}

extension ProduceRequest {
    /// A request with one batch a partition. Topics carry name and id: the version decides which is written.
    init(_ payloads: [ProducePayload], acks: Int16, timeout: Duration) {
        self.init()
        self.acks = acks
        self.timeoutMs = Int32(clamping: Int64(timeout / .milliseconds(1)))
        var places: [TopicName: Int] = [:]
        for payload in payloads {
            let name = payload.topicPartition.topic
            let place: Int
            if let known = places[name] {
                place = known
            } else {
                place = topicData.count
                places[name] = place
                var topic = TopicProduceData()
                topic.name = name
                topic.topicId = payload.topicID
                topicData.append(topic)
            }
            var partition = PartitionProduceData()
            partition.index = payload.topicPartition.partition
            partition.records = RecordsPayload(payload.bytes)
            topicData[place].partitionData.append(partition)
        }
    }
}

/// A Produce response, by partition.
struct ProduceAnswers {
    struct Partition {
        let outcome: BatchOutcome
        /// The leader that an error told of; ``BrokerID/none`` where it told of none.
        let currentLeader: (BrokerID, LeaderEpoch)
    }

    private(set) var partitions: [TopicPartition: Partition] = [:]
    private(set) var nodes: [BrokerNode] = []

    init(_ response: ProduceResponse, topics payloads: [ProducePayload]) {
        var names: [TopicID: TopicName] = [:]
        for payload in payloads where payload.topicID != .none { names[payload.topicID] = payload.topicPartition.topic }
        nodes = response.nodeEndpoints.map {
            BrokerNode(id: $0.nodeId, host: $0.host, port: Int($0.port), rack: $0.rack)
        }
        for topic in response.responses {
            let name = names[topic.topicId] ?? topic.name
            for answer in topic.partitionResponses {
                partitions[TopicPartition(name, answer.index)] = Partition(
                    outcome: ProduceAnswers.outcome(answer),
                    currentLeader: (answer.currentLeader.leaderId, answer.currentLeader.leaderEpoch)
                )
            }
        }
    }

    private static func outcome(_ answer: ProduceResponse.PartitionProduceResponse) -> BatchOutcome {
        switch answer.errorCode {
        case .none:
            return .acknowledged(
                BatchAcknowledgement(baseOffset: answer.baseOffset, logAppendTime: answer.logAppendTimeMs)
            )
        case .duplicateSequenceNumber:
            // It was written before, and the broker has forgotten where.
            return .acknowledged(.unknown)
        default:
            let message = answer.errorMessage ?? answer.recordErrors.first?.batchIndexErrorMessage
            return .failed(KafkaError(answer.errorCode, message), logStartOffset: answer.logStartOffset)
        }
    }
}

extension ErrorCode {
    /// Whether it says that what the client knows of leaders or topics is out of date.
    var isStaleMetadata: Bool {
        switch self {
        case .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition, .unknownTopicId,
            .fencedLeaderEpoch, .unknownLeaderEpoch, .kafkaStorageError, .replicaNotAvailable,
            .inconsistentTopicId:
            true
        default: false
        }
    }
}
