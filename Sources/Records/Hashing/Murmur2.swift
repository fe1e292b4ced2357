/// The 32-bit MurmurHash 2 of `bytes` with Kafka's seed: what places a key in a partition.
@inlinable
public func murmur2(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    let multiplier: UInt32 = 0x5bd1_e995
    let count = bytes.count
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
    guard let base = bytes.baseAddress else { return Int32(bitPattern: finished(hash, multiplier)) }

    var position = 0
    while position <= count - 4 {
        var word = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt32.self)) &* multiplier
        word = (word ^ word >> 24) &* multiplier
        hash = hash &* multiplier ^ word
        position += 4
    }
    if position < count {
        var tail: UInt32 = 0
        for index in stride(from: count - 1, through: position, by: -1) {
            tail = tail << 8 | UInt32(base.load(fromByteOffset: index, as: UInt8.self))
        }
        hash = (hash ^ tail) &* multiplier
    }
    return Int32(bitPattern: finished(hash, multiplier))
}

@inlinable @inline(__always)
func finished(_ hash: UInt32, _ multiplier: UInt32) -> UInt32 {
    let mixed = (hash ^ hash >> 13) &* multiplier
    return mixed ^ mixed >> 15
}

extension PartitionIndex {
    /// The partition of `count` that Kafka's default partitioner gives to a record with this key. `count` is at least
    /// 1.
    @inlinable
    public init(forKey key: UnsafeRawBufferPointer, of count: Int32) {
        // Kafka's "to positive" clears the sign; the absolute value would differ.
        self.init((murmur2(key) & 0x7fff_ffff) % count)
    }

    /// The partition of `count` that Kafka's default partitioner gives to a record with this key. `count` is at least
    /// 1.
    @inlinable
    public init(forKey key: Bytes, of count: Int32) {
        self = key.withUnsafeBytes { PartitionIndex(forKey: $0, of: count) }
    }
}

/// The partition of `count` that Kafka's default partitioner gives to a record with this key. `count` is at least 1.
@inlinable
public func partition(forKey key: UnsafeRawBufferPointer, of count: Int32) -> PartitionIndex {
    PartitionIndex(forKey: key, of: count)
}
