import KafkaProtocol
import Records

/// A record of `__transaction_state`: what is known of a transactional id, or nil, by which it is forgotten.
public struct TransactionRecord: Sendable, Hashable {
    /// The id.
    public let transactionalID: TransactionalID
    /// Nil stands for a tombstone.
    public let metadata: TransactionMetadata?

    /// A record with these fields.
    public init(_ transactionalID: TransactionalID, _ metadata: TransactionMetadata?) {
        self.transactionalID = transactionalID
        self.metadata = metadata
    }
}

/// The form in the topic: Kafka's, so that either side reads what the other wrote. Version 0 of the value has no tagged
/// fields and is written while `transaction.version` is 0.
extension TransactionRecord {
    /// The key, and the value, which is nil for a tombstone.
    public func encoded(_ version: TransactionVersion) throws(WireError) -> (key: Bytes, value: Bytes?) {
        let key = try TransactionLogKey(transactionalId: transactionalID).encodedRecord(version: 0)
        guard let metadata else { return (key, nil) }
        var value = TransactionLogValue()
        value.producerId = metadata.producerID
        value.producerEpoch = metadata.producerEpoch
        value.transactionTimeoutMs = metadata.timeout.clampedMilliseconds
        value.transactionStatus = metadata.state.rawValue
        value.transactionPartitions = metadata.state == .empty ? nil : TransactionRecord.byTopic(metadata.partitions)
        value.transactionLastUpdateTimestampMs = metadata.lastUpdateTimestamp
        value.transactionStartTimestampMs = metadata.startTimestamp
        if version >= .v1 {
            value.previousProducerId = metadata.previousProducerID
            value.nextProducerId = metadata.nextProducerID
            value.clientTransactionVersion = metadata.clientVersion.rawValue
        }
        return (key, try value.encodedRecord(version: version.logValueVersion))
    }

    /// Reads a record of the topic; nil where its key is of a kind that this release does not know. Errors: ``WireError``.
    public static func decode(key: Bytes, value: Bytes?) throws(WireError) -> TransactionRecord? {
        guard try TransactionLogKey.recordVersion(of: key) == 0 else { return nil }
        let id = try TransactionLogKey.decodeRecord(key).transactionalId
        guard let value else { return TransactionRecord(id, nil) }
        let stored = try TransactionLogValue.decodeRecord(value)
        guard let state = TransactionState(rawValue: stored.transactionStatus) else {
            throw WireError(.unknownRecord(Int(stored.transactionStatus)), field: "transactionStatus", byteOffset: 0)
        }
        var metadata = TransactionMetadata(
            producerID: stored.producerId,
            producerEpoch: stored.producerEpoch,
            timeout: .milliseconds(stored.transactionTimeoutMs),
            state: state,
            lastUpdateTimestamp: stored.transactionLastUpdateTimestampMs
        )
        metadata.previousProducerID = stored.previousProducerId
        metadata.nextProducerID = stored.nextProducerId
        metadata.startTimestamp = stored.transactionStartTimestampMs
        metadata.clientVersion = TransactionVersion(rawValue: stored.clientTransactionVersion)
        if state != .empty {
            for topic in stored.transactionPartitions ?? [] {
                metadata.partitions.formUnion(topic.partitionIds.map { TopicPartition(topic.topic, $0) })
            }
        }
        return TransactionRecord(id, metadata)
    }

    private static func byTopic(_ partitions: Set<TopicPartition>) -> [TransactionLogValue.PartitionsSchema] {
        var topics: [TransactionLogValue.PartitionsSchema] = []
        for partition in partitions.sorted() {
            if topics.last?.topic != partition.topic { topics.append(.init(topic: partition.topic, partitionIds: [])) }
            topics[topics.count - 1].partitionIds.append(partition.partition)
        }
        return topics
    }
}
