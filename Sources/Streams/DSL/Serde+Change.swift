import Records

extension Serde {
    /// How changes of a table go through a repartition topic: both values of one key in one record. See KIP-904.
    ///
    /// | new | old | bytes |
    /// |---|---|---|
    /// | yes | no | new, 1 |
    /// | no | yes | old, 0 |
    /// | yes | yes | length of new as a varint, new, old, 2 |
    ///
    /// Flags 3 to 5 are read too: as 0 to 2, with a byte before the flag that says whether the change is the latest.
    @usableFromInline
    var change: Serde<Change<Value>> {
        let inner = self
        return Serde<Change<Value>>(
            name: "Change<\(name)>",
            serialize: { change, buffer in
                guard let new = change.new else {
                    guard let old = change.old, try inner.serialize(old, &buffer) else {
                        throw SerializationException("a change of a row from null to null")
                    }
                    buffer.append(uint8: 0)
                    return true
                }
                guard let old = change.old else {
                    guard try inner.serialize(new, &buffer) else {
                        throw SerializationException("a change of a row from null to null")
                    }
                    buffer.append(uint8: 1)
                    return true
                }
                var newBytes = RawBuffer()
                guard try inner.serialize(new, &newBytes) else {
                    throw SerializationException("the new value of a row encodes to null")
                }
                buffer.append(varint: Int32(clamping: newBytes.count))
                newBytes.withUnsafeBytes { buffer.append($0) }
                guard try inner.serialize(old, &buffer) else {
                    throw SerializationException("the old value of a row encodes to null")
                }
                buffer.append(uint8: 2)
                return true
            },
            deserialize: { bytes in try inner.change(from: bytes) }
        )
    }

    private func change(from bytes: UnsafeRawBufferPointer) throws -> Change<Value> {
        guard let flag = bytes.last, flag <= 5 else {
            throw SerializationException("no change of a row ends like this")
        }
        var end = bytes.count - 1
        var isLatest = true
        if flag >= 3 {
            end -= 1
            guard end >= 0, bytes[end] <= 1 else { throw SerializationException("a change without its latest flag") }
            isLatest = bytes[end] == 1
        }
        let content = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        switch flag % 3 {
        case 0: return Change(new: nil, old: try deserialize(content), isLatest: isLatest)
        case 1: return Change(new: try deserialize(content), old: nil, isLatest: isLatest)
        default:
            guard var cursor = content.baseAddress,
                let count = Varint.read32(&cursor, limit: cursor + content.count).map({ Int($0) }),
                let start = content.baseAddress.map({ cursor - $0 }), count >= 0, count <= content.count - start
            else { throw SerializationException("a change whose new value is longer than the record") }
            let new = UnsafeRawBufferPointer(rebasing: content[start..<start + count])
            let old = UnsafeRawBufferPointer(rebasing: content[(start + count)...])
            return Change(new: try deserialize(new), old: try deserialize(old), isLatest: isLatest)
        }
    }
}
