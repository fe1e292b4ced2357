import Records

/// What a row asks of the foreign key's partition.
@usableFromInline
enum SubscriptionInstruction: UInt8, Sendable {
    /// Forget the row, and answer nothing.
    case delete = 0
    /// Forget the row, and answer that there is no foreign row.
    case deleteAndAnswer = 1
    /// Remember the row, and answer with the foreign row or that there is none.
    case answer = 2
    /// Remember the row, and answer if there is a foreign row.
    case answerIfPresent = 3
}

/// The hash of a row's value: an answer counts only as long as the row still has that value.
@usableFromInline
struct RowHash: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    @usableFromInline
    init(_ bytes: UnsafeRawBufferPointer) { (high, low) = Murmur3.hash128(bytes) }

    fileprivate init(reading bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    fileprivate func write(to buffer: inout RawBuffer) {
        buffer.append(uint64: high)
        buffer.append(uint64: low)
    }

    /// The hash of a value's bytes; nil for a value that stands for null.
    @inlinable
    static func of<Value>(_ value: Value, _ serde: Serde<Value>) throws -> RowHash? {
        var buffer = RawBuffer()
        guard try serde.serialize(value, &buffer) else { return nil }
        return buffer.withUnsafeBytes { RowHash($0) }
    }
}

/// A row's wish to be told about a foreign row: what goes to the foreign key's partition.
@usableFromInline
struct Subscription<Key> {
    @usableFromInline let hash: RowHash?
    @usableFromInline let instruction: SubscriptionInstruction
    @usableFromInline let key: Key
    /// The row's partition, to which answers go; nil from old versions.
    @usableFromInline let partition: PartitionIndex?

    @inlinable
    init(hash: RowHash?, instruction: SubscriptionInstruction, key: Key, partition: PartitionIndex?) {
        self.hash = hash
        self.instruction = instruction
        self.key = key
        self.partition = partition
    }
}

/// The foreign row, or that there is none: what comes back to the row's partition.
@usableFromInline
struct SubscriptionResponse<Value> {
    @usableFromInline let hash: RowHash?
    @usableFromInline let value: Value?
    /// Where it goes; not part of the bytes.
    @usableFromInline let partition: PartitionIndex?

    @inlinable
    init(hash: RowHash?, value: Value?, partition: PartitionIndex?) {
        self.hash = hash
        self.value = value
        self.partition = partition
    }
}

/// A row's key with the foreign key that it asks for.
@usableFromInline
struct SubscriptionKey<ForeignKey, Key> {
    /// Nil where a left join's row has none; such a key is never stored.
    @usableFromInline let foreign: ForeignKey?
    @usableFromInline let key: Key

    @inlinable
    init(foreign: ForeignKey?, key: Key) {
        self.foreign = foreign
        self.key = key
    }
}

extension Serde {
    /// | bytes | what |
    /// |---|---|
    /// | 1 | version 1; the highest bit is set where there is no hash |
    /// | 1 | instruction |
    /// | 16 | hash, where there is one |
    /// | rest | the row's key |
    /// | 4 | the row's partition; absent in version 0 |
    @usableFromInline
    static func subscription<Key>(_ key: Serde<Key>) -> Serde<Subscription<Key>> where Value == Subscription<Key> {
        Serde(
            name: "Subscription<\(key.name)>",
            serialize: { subscription, buffer in
                buffer.append(uint8: subscription.hash == nil ? 0x81 : 0x01)
                buffer.append(uint8: subscription.instruction.rawValue)
                subscription.hash?.write(to: &buffer)
                guard try key.serialize(subscription.key, &buffer) else {
                    throw SerializationException("a subscription of a null key")
                }
                buffer.append(int32: subscription.partition?.rawValue ?? 0)
                return true
            },
            deserialize: { bytes in
                let head = try SubscriptionHead(bytes, size: 2)
                guard let instruction = SubscriptionInstruction(rawValue: bytes[1]) else {
                    throw SerializationException("a subscription with the unknown instruction \(bytes[1])")
                }
                var end = bytes.count
                var partition: PartitionIndex?
                if head.version > 0 {
                    end -= 4
                    guard end >= head.end else { throw SerializationException("a subscription without a partition") }
                    partition = PartitionIndex(
                        Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: Int32.self))
                    )
                }
                return Subscription(
                    hash: head.hash,
                    instruction: instruction,
                    key: try key.deserialize(UnsafeRawBufferPointer(rebasing: bytes[head.end..<end])),
                    partition: partition
                )
            }
        )
    }

    /// | bytes | what |
    /// |---|---|
    /// | 1 | version 0; the highest bit is set where there is no hash |
    /// | 16 | hash, where there is one |
    /// | rest | the foreign value; nothing for none |
    @usableFromInline
    static func subscriptionResponse<Foreign>(
        _ value: Serde<Foreign>
    ) -> Serde<SubscriptionResponse<Foreign>> where Value == SubscriptionResponse<Foreign> {
        Serde(
            name: "SubscriptionResponse<\(value.name)>",
            serialize: { response, buffer in
                buffer.append(uint8: response.hash == nil ? 0x80 : 0)
                response.hash?.write(to: &buffer)
                if let foreign = response.value { _ = try value.serialize(foreign, &buffer) }
                return true
            },
            deserialize: { bytes in
                let head = try SubscriptionHead(bytes, size: 1)
                let rest = UnsafeRawBufferPointer(rebasing: bytes[head.end...])
                return SubscriptionResponse(
                    hash: head.hash,
                    value: rest.isEmpty ? nil : try value.deserialize(rest),
                    partition: nil
                )
            }
        )
    }

    /// 4 bytes with the length of the foreign key, the foreign key, the row's key.
    @usableFromInline
    static func subscriptionKey<ForeignKey, Key>(
        _ foreign: Serde<ForeignKey>,
        _ key: Serde<Key>
    ) -> Serde<SubscriptionKey<ForeignKey, Key>> where Value == SubscriptionKey<ForeignKey, Key> {
        let prefix = Serde<ForeignKey>.subscriptionPrefix(foreign)
        return Serde(
            name: "SubscriptionKey<\(foreign.name), \(key.name)>",
            serialize: { combined, buffer in
                guard let foreignKey = combined.foreign, try prefix.serialize(foreignKey, &buffer) else { return false }
                return try key.serialize(combined.key, &buffer)
            },
            deserialize: { bytes in
                guard bytes.count >= 4 else { throw SerializationException("a subscription's key without a length") }
                let count = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
                guard count >= 0, count <= bytes.count - 4 else {
                    throw SerializationException("a subscription's key: \(count) bytes announced of \(bytes.count)")
                }
                return SubscriptionKey(
                    foreign: try foreign.deserialize(UnsafeRawBufferPointer(rebasing: bytes[4..<(4 + count)])),
                    key: try key.deserialize(UnsafeRawBufferPointer(rebasing: bytes[(4 + count)...]))
                )
            }
        )
    }

    /// What the keys of all rows with one foreign key begin with. It is only written.
    @usableFromInline
    static func subscriptionPrefix(_ foreign: Serde<Value>) -> Serde<Value> {
        Serde(
            name: "SubscriptionPrefix<\(foreign.name)>",
            serialize: { foreignKey, buffer in
                let start = buffer.count
                buffer.append(int32: 0)
                guard try foreign.serialize(foreignKey, &buffer) else { return false }
                buffer.write(int32: Int32(clamping: buffer.count - start - 4), at: start)
                return true
            },
            deserialize: { _ in throw SerializationException("the beginning of a subscription's key is never read") }
        )
    }
}

/// The first bytes of a subscription or response.
private struct SubscriptionHead {
    let version: UInt8
    let hash: RowHash?
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer, size: Int) throws {
        guard bytes.count >= size else { throw SerializationException("a subscription of \(bytes.count) bytes") }
        version = bytes[0] & 0x7F
        guard version <= 1 else { throw SerializationException("a subscription of the unknown version \(version)") }
        guard bytes[0] & 0x80 == 0 else {
            (hash, end) = (nil, size)
            return
        }
        guard bytes.count >= size + 16 else { throw SerializationException("a subscription without its hash") }
        hash = RowHash(reading: UnsafeRawBufferPointer(rebasing: bytes[size...]))
        end = size + 16
    }
}
