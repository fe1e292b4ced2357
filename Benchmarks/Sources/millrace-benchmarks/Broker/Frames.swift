import KafkaProtocol
import Records

/// Requests as bytes, for blocking sockets.
enum Frames {
    static func produce(_ batch: Bytes, to topic: TopicName, partition: Int32 = 0) throws -> [UInt8] {
        let request = ProduceRequest(
            acks: -1,
            timeoutMs: 30_000,
            topicData: [
                ProduceRequest.TopicProduceData(
                    name: topic,
                    partitionData: [
                        ProduceRequest.PartitionProduceData(
                            index: PartitionIndex(partition),
                            records: RecordsPayload(batch)
                        )
                    ]
                )
            ]
        )
        return try request.frame(version: 9, correlationID: 1, clientID: "benchmark").frame
    }

    /// Errors: the first error code in the answer.
    static func checkProduced(_ answer: Bytes) throws {
        let (_, body) = try ResponseHeader.decode(answer, for: .produce, 9)
        let code = try ProduceResponse.decode(body, version: 9).responses.first?.partitionResponses.first?.errorCode
        guard code == ErrorCode.none else { throw BenchmarkError("produce failed: \(String(describing: code))") }
    }

    static func fetch(
        _ topic: TopicName,
        at offset: Offset,
        maxBytes: Int,
        waitMs: Int32 = 500,
        minBytes: Int32 = 1
    ) throws -> [UInt8] {
        var partition = FetchRequest.FetchPartition()
        partition.fetchOffset = offset
        partition.partitionMaxBytes = Int32(maxBytes)
        var request = FetchRequest(maxWaitMs: waitMs, minBytes: minBytes, maxBytes: Int32(maxBytes))
        request.topics = [FetchRequest.FetchTopic(topic: topic, partitions: [partition])]
        return try request.frame(version: 12, correlationID: 1, clientID: "benchmark").frame
    }
}
