import KafkaProtocol
import Records

/// One partition that a fetch asks for, from which offset and how much.
struct FetchTarget: Sendable {
    /// Which partition: by name up to version 12, by topic id from version 13 on; the other one is empty.
    struct Key: Hashable, Sendable {
        let topic: TopicName
        let topicID: TopicID
        let partition: PartitionIndex
    }

    let topic: TopicName
    let topicID: TopicID
    let asked: FetchRequest.FetchPartition

    var key: Key { Key(topic: topic, topicID: topicID, partition: asked.partition) }
}

extension FetchRequest {
    /// What is asked for, partition by partition, in the request's order.
    var targets: [FetchTarget] {
        topics.flatMap { topic in
            topic.partitions.map { FetchTarget(topic: topic.topic, topicID: topic.topicId, asked: $0) }
        }
    }

    /// What a session shall forget.
    var forgotten: [FetchTarget.Key] {
        forgottenTopicsData.flatMap { topic in
            topic.partitions.map { FetchTarget.Key(topic: topic.topic, topicID: topic.topicId, partition: $0) }
        }
    }

    /// Whether a broker asks, to replicate.
    func isFromFollower(_ version: Int16) -> Bool { (version >= 15 ? replicaState.replicaId : replicaId) >= 0 }
}

/// What was read for one ``FetchTarget``.
struct FetchAnswer: Sendable {
    let topic: TopicName
    let topicID: TopicID
    var data: FetchResponse.PartitionData
}

extension FetchResponse {
    /// Puts answers that follow each other and are of one topic together.
    init(_ answers: [FetchAnswer], sessionID: Int32) {
        self.init(sessionId: sessionID)
        for answer in answers {
            if let last = responses.indices.last, responses[last].topic == answer.topic,
                responses[last].topicId == answer.topicID
            {
                responses[last].partitions.append(answer.data)
            } else {
                responses.append(
                    FetchableTopicResponse(topic: answer.topic, topicId: answer.topicID, partitions: [answer.data])
                )
            }
        }
    }
}
