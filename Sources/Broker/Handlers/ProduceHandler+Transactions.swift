import Coordination
import KafkaProtocol
import Records

extension ProduceHandler {
    /// The batches of a request that belong to a transaction.
    enum TransactionalBatches {
        /// All of one producer.
        case one(ProducerIdentity, [(partition: Partition, baseSequence: Int32)])
        /// Of more than one producer, which no client sends.
        case many
        /// In a request that names no transactional id.
        case anonymous
    }

    /// Nil where no batch belongs to a transaction.
    func transactionalBatches(_ request: ProduceRequest, _ context: RequestContext) -> TransactionalBatches? {
        var producer: ProducerIdentity?
        var found: [(partition: Partition, baseSequence: Int32)] = []
        for topic in request.topicData {
            for data in topic.partitionData {
                guard let bytes = data.records?.bytes, let batch = header(of: bytes), batch.isTransactional else {
                    continue
                }
                if request.transactionalId == nil { return .anonymous }
                guard batch.producerID > .none else { continue }
                let identity = ProducerIdentity(batch.producerID, batch.producerEpoch)
                if let producer, producer != identity { return .many }
                producer = identity
                // What is wrong with the place is told when the batch is appended.
                guard let partition = partition(topic, data.index, context) else { continue }
                found.append((partition, batch.baseSequence))
            }
        }
        return producer.map { .one($0, found) }
    }

    /// Nil where the bytes are no batch, which is told when they are appended.
    private func header(of bytes: Bytes) -> RecordBatch? {
        guard bytes.count >= RecordBatch.headerSize else { return nil }
        do throws(RecordsError) { return try RecordBatch(bytes) } catch { return nil }
    }

    /// Every partition's answer is `code`.
    func refusingAll(_ request: ProduceRequest, _ code: ErrorCode) -> ProduceResponse {
        ProduceResponse(
            responses: request.topicData.map { topic in
                ProduceResponse.TopicProduceResponse(
                    name: topic.name,
                    topicId: topic.topicId,
                    partitionResponses: topic.partitionData.map {
                        .init(index: $0.index, errorCode: code, baseOffset: -1)
                    }
                )
            }
        )
    }

    /// What a producer is told of a partition that the coordinator does not confirm. Clients of old do not retry what a
    /// coordinator says meanwhile; NOT_ENOUGH_REPLICAS they do, and without asking for metadata.
    func refusal(_ code: ErrorCode, _ version: Int16) -> APIFailure {
        switch code {
        case .invalidTxnState: APIFailure(code, "Partition was not added to the transaction")
        case .concurrentTransactions where version >= 12: APIFailure(code)
        case .concurrentTransactions, .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable,
            .notCoordinator:
            APIFailure(
                .notEnoughReplicas,
                "Unable to verify the partition has been added to the transaction. Underlying error: \(code)"
            )
        default: APIFailure(code)
        }
    }
}
