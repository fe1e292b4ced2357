import NIOCore
import Records

/// Who a producer is to the brokers. See KIP-98.
struct ProducerIdentity: Hashable, Sendable {
    let id: ProducerID
    let epoch: ProducerEpoch

    /// The next epoch of this id; nil when there is none left.
    var bumped: ProducerIdentity? {
        epoch.rawValue < .max ? ProducerIdentity(id: id, epoch: ProducerEpoch(epoch.rawValue + 1)) : nil
    }
}

typealias DeliveryCallback = @Sendable (Result<RecordMetadata, KafkaError>) -> Void

/// One batch of one partition on its way to the broker.
///
/// Invariant: it has one owner at a time, the accumulator (under its lock) or the sender (on its event loop); that is
/// what makes the class Sendable.
final class ProducerBatch: @unchecked Sendable {
    struct Delivery {
        let index: Int
        let timestamp: Timestamp
        let keySize: Int
        let valueSize: Int
        let callback: DeliveryCallback
    }

    /// Batches split from one share its number.
    let number: UInt64
    let topicPartition: TopicPartition
    let createdAt: NIODeadline
    /// Bytes of `buffer.memory` that it holds.
    var reservedBytes: Int
    // Its owner alone uses it, for each record: dynamic checks of exclusive access would show.
    @exclusivity(unchecked) var builder: RecordBatchBuilder
    @exclusivity(unchecked) var deliveries: [Delivery] = []
    /// How many records of its partition were sequenced before it; the order among its partition's batches. Set when
    /// it is first drained.
    var position: Int64 = 0
    var attempts = 0

    init(
        number: UInt64,
        topicPartition: TopicPartition,
        createdAt: NIODeadline,
        reservedBytes: Int,
        builder: RecordBatchBuilder
    ) {
        self.number = number
        self.topicPartition = topicPartition
        self.createdAt = createdAt
        self.reservedBytes = reservedBytes
        self.builder = builder
    }

    var recordCount: Int { builder.count }
    var estimatedBytes: Int { builder.estimatedSizeInBytes }

    /// The batch as it goes out. Errors: those of the codec.
    func encoded() throws(RecordsError) -> Bytes { try builder.build() }

    /// Calls back everybody who asked.
    func finish(_ result: Result<BatchAcknowledgement, KafkaError>) {
        for delivery in deliveries {
            switch result {
            case .failure(let error):
                delivery.callback(.failure(error))
            case .success(let acknowledgement):
                let base = acknowledgement.baseOffset.rawValue
                let isStamped = acknowledgement.logAppendTime != .none
                delivery.callback(
                    .success(
                        RecordMetadata(
                            topicPartition: topicPartition,
                            offset: base < 0 ? Offset(-1) : Offset(base + Int64(delivery.index)),
                            timestamp: isStamped ? acknowledgement.logAppendTime : delivery.timestamp,
                            serializedKeySize: delivery.keySize,
                            serializedValueSize: delivery.valueSize
                        )
                    )
                )
            }
        }
        deliveries = []
    }

    /// Two batches with half of the records each, for a broker that found this one too large. Errors: the records cannot
    /// be read back, which would be a defect.
    func split() throws -> (ProducerBatch, ProducerBatch) {
        let half = recordCount / 2
        var builders = (emptyBuilder(), emptyBuilder())
        var index = 0
        try RecordBatch(try encoded()).forEachRecord { record in
            let headers = record.headers()
            if index < half {
                builders.0.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: headers)
            } else {
                builders.1.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: headers)
            }
            index += 1
        }
        let first = part(builders.0, reservedBytes: reservedBytes / 2)
        let second = part(builders.1, reservedBytes: reservedBytes - reservedBytes / 2)
        second.position = position + Int64(half)
        for delivery in deliveries {
            if delivery.index < half {
                first.deliveries.append(delivery)
            } else {
                second.deliveries.append(
                    Delivery(
                        index: delivery.index - half,
                        timestamp: delivery.timestamp,
                        keySize: delivery.keySize,
                        valueSize: delivery.valueSize,
                        callback: delivery.callback
                    )
                )
            }
        }
        return (first, second)
    }

    private func emptyBuilder() -> RecordBatchBuilder {
        RecordBatchBuilder(
            compression: builder.compression,
            level: builder.level,
            isTransactional: builder.isTransactional
        )
    }

    private func part(_ builder: RecordBatchBuilder, reservedBytes: Int) -> ProducerBatch {
        let batch = ProducerBatch(
            number: number,
            topicPartition: topicPartition,
            createdAt: createdAt,
            reservedBytes: reservedBytes,
            builder: builder
        )
        batch.position = position
        return batch
    }
}

/// A batch that is done: on the broker, or given up.
package struct ProducedBatch: Sendable {
    package let topicPartition: TopicPartition
    /// The offset after its last record, -1 where the broker does not tell; or why it is not there.
    package let nextOffset: Result<Offset, KafkaError>
    /// How many records it has.
    package let recordCount: Int

    init(_ finished: FinishedBatch) {
        topicPartition = finished.batch.topicPartition
        recordCount = finished.batch.recordCount
        nextOffset = finished.result.map { acknowledgement in
            let base = acknowledgement.baseOffset
            return base.rawValue < 0 ? base : base + Int64(finished.batch.recordCount)
        }
    }
}

/// What a broker says of a batch that it took.
struct BatchAcknowledgement: Hashable, Sendable {
    /// -1 where it does not tell.
    let baseOffset: Offset
    /// ``Timestamp/none`` where the records keep their own.
    let logAppendTime: Timestamp

    static let unknown = BatchAcknowledgement(baseOffset: Offset(-1), logAppendTime: .none)
}
