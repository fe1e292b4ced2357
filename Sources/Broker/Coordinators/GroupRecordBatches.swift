import Coordination
import KafkaProtocol
import Records

/// Records of `__consumer_offsets` as batches to be appended.
enum GroupRecordBatches {
    /// A batch is closed when it has grown to this size, so that it fits under any sensible `max.message.bytes`.
    private static let batchSizeInBytes = 512 << 10

    /// One batch as a rule, several where many records come together. Errors: ``WireError`` for a text that is too long
    /// for its field, ``RecordsError`` for a batch that cannot be built.
    static func encode(_ records: [GroupRecord], by producer: ProducerIdentity? = nil, now: Timestamp) throws -> Bytes {
        var builder = RecordBatchBuilder(
            producerID: producer?.id ?? .none,
            producerEpoch: producer?.epoch ?? .none,
            // As Kafka, also where there is no producer.
            baseSequence: 0,
            isTransactional: producer != nil,
            initialCapacity: 1 << 10
        )
        var batches: [Bytes] = []
        for record in records {
            let (key, value) = try record.encoded()
            builder.append(timestamp: now, key: key, value: value)
            if builder.estimatedSizeInBytes >= batchSizeInBytes {
                batches.append(try builder.build())
                builder.reset()
            }
        }
        if !builder.isEmpty { batches.append(try builder.build()) }
        return batches.count == 1 ? batches[0] : join(batches)
    }

    private static func join(_ batches: [Bytes]) -> Bytes {
        Bytes(capacity: batches.reduce(0) { $0 + $1.count }) { target in
            var position = 0
            for batch in batches {
                batch.withUnsafeBytes { source in
                    UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: source)
                }
                position += batch.count
            }
            return position
        }
    }
}
