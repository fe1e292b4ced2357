import Records

/// `.snapshot`: the producers of a log at the offset in the file's name, so that opening it need not read the whole log.
///
/// | bytes | file |
/// |---|---|
/// | 2 | version, 1 |
/// | 4 | CRC-32C of all that follows |
/// | 4 | number of producers |
///
/// | bytes | producer |
/// |---|---|
/// | 8 | producer id |
/// | 2 | epoch |
/// | 4 | last sequence, -1 for none |
/// | 8 | last offset, -1 for none |
/// | 4 | last batch's offset delta |
/// | 8 | last timestamp |
/// | 4 | coordinator epoch, -1 for none |
/// | 8 | first offset of the open transaction, -1 for none |
///
/// Of a producer's last batches only the last one is kept.
enum ProducerSnapshot {
    static let headerSize = 10
    static let entrySize = 46

    static func encode(_ producers: [ProducerID: ProducerState]) -> Bytes {
        var bytes = [UInt8](repeating: 0, count: headerSize + producers.count * entrySize)
        bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            start.storeBigEndian(Int16(1), at: 0)
            start.storeBigEndian(Int32(producers.count), at: 6)
            var entry = start + headerSize
            for state in inJavaOrder(producers) {
                let last = state.batches.last
                entry.storeBigEndian(state.producerID.rawValue, at: 0)
                entry.storeBigEndian(state.epoch.rawValue, at: 8)
                entry.storeBigEndian(state.lastSequence, at: 10)
                entry.storeBigEndian(last?.lastOffset.rawValue ?? -1, at: 14)
                entry.storeBigEndian(last?.offsetDelta ?? 0, at: 22)
                entry.storeBigEndian(state.lastTimestamp.rawValue, at: 26)
                entry.storeBigEndian(state.coordinatorEpoch, at: 34)
                entry.storeBigEndian(state.transactionFirstOffset?.rawValue ?? -1, at: 38)
                entry += entrySize
            }
            start.storeBigEndian(crc32c(UnsafeRawBufferPointer(rebasing: buffer[6...])), at: 2)
        }
        return Bytes(bytes)
    }

    /// The producers in a snapshot, or what is wrong with it.
    static func decode(_ contents: Bytes) -> Result<[ProducerState], SnapshotFlaw> {
        contents.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, buffer.count >= headerSize else {
                return .failure(SnapshotFlaw(reason: "\(buffer.count) bytes are less than a header"))
            }
            let version = start.loadBigEndian(at: 0, as: Int16.self)
            guard version == 1 else { return .failure(SnapshotFlaw(reason: "version \(version), expected 1")) }
            let stored = start.loadBigEndian(at: 2, as: UInt32.self)
            let computed = crc32c(UnsafeRawBufferPointer(rebasing: buffer[6...]))
            guard stored == computed else {
                return .failure(SnapshotFlaw(reason: "CRC \(stored) is stored, \(computed) computed"))
            }
            let count = Int(start.loadBigEndian(at: 6, as: Int32.self))
            guard count >= 0, count == (buffer.count - headerSize) / entrySize,
                buffer.count == headerSize + count * entrySize
            else { return .failure(SnapshotFlaw(reason: "\(count) producers announced in \(buffer.count) bytes")) }
            return .success((0..<count).map { producer(at: start + headerSize + $0 * entrySize) })
        }
    }

    private static func producer(at entry: UnsafeRawPointer) -> ProducerState {
        var state = ProducerState(producerID: ProducerID(entry.loadBigEndian(at: 0, as: Int64.self)))
        state.epoch = ProducerEpoch(entry.loadBigEndian(at: 8, as: Int16.self))
        state.lastTimestamp = Timestamp(entry.loadBigEndian(at: 26, as: Int64.self))
        state.coordinatorEpoch = entry.loadBigEndian(at: 34, as: Int32.self)
        let transaction = entry.loadBigEndian(at: 38, as: Int64.self)
        if transaction >= 0 { state.transactionFirstOffset = Offset(transaction) }
        let lastOffset = entry.loadBigEndian(at: 14, as: Int64.self)
        if lastOffset >= 0 {
            state.batches = [
                ProducerState.Batch(
                    lastSequence: entry.loadBigEndian(at: 10, as: Int32.self),
                    lastOffset: Offset(lastOffset),
                    offsetDelta: entry.loadBigEndian(at: 22, as: Int32.self),
                    timestamp: state.lastTimestamp
                )
            ]
        }
        return state
    }

    /// Kafka writes the entries as its hash table has them; the same order makes the files equal byte for byte.
    private static func inJavaOrder(_ producers: [ProducerID: ProducerState]) -> [ProducerState] {
        var capacity: UInt32 = 16
        while producers.count * 4 > Int(capacity) * 3 { capacity *= 2 }
        func bucket(_ id: ProducerID) -> UInt32 {
            let bits = UInt64(bitPattern: id.rawValue)
            let hash = UInt32(truncatingIfNeeded: bits ^ (bits >> 32))
            return (hash ^ (hash >> 16)) & (capacity - 1)
        }
        return producers.values.sorted {
            (bucket($0.producerID), $0.producerID) < (bucket($1.producerID), $1.producerID)
        }
    }
}

/// Why a snapshot file cannot be used.
struct SnapshotFlaw: Error, Sendable, Hashable {
    var reason: String
}
