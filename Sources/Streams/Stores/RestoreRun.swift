import Records

/// Records of a changelog on their way into a store's committed content: gathered, and written in the order of keys.
///
/// RocksDB takes a sorted batch several times faster than one in the order of the changelog; and of a key's records only
/// the last one has to be written.
struct RestoreRun {
    private struct Item {
        /// What decides the order for most keys: the 8 bytes after those that all keys have in common.
        var word: UInt64 = 0
        /// Where the key stands in the buffer; the value follows it. Later records stand behind earlier ones.
        let position: Int
        let keyCount: Int
        /// -1: the key is removed.
        let valueCount: Int
    }

    private var buffer = RawBuffer()
    private var items: [Item] = []
    /// How many bytes all keys begin with alike.
    private var commonCount = Int.max

    /// The memory in use, about.
    var sizeBytes: Int { buffer.count + items.count * MemoryLayout<Item>.stride }

    /// Adds a record; nil removes the key. A time is put before the value, as timestamped stores have it.
    mutating func append(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp?) {
        narrowCommonCount(key)
        let position = buffer.count
        buffer.append(key)
        var valueCount = -1
        if let value {
            if let timestamp { buffer.append(int64: timestamp.rawValue) }
            buffer.append(value)
            valueCount = buffer.count - position - key.count
        }
        items.append(Item(position: position, keyCount: key.count, valueCount: valueCount))
    }

    /// Puts the records into the backing's batch, and forgets them.
    mutating func move(to backing: any StoreBacking) throws {
        sort()
        try buffer.withUnsafeBytes { bytes in
            for (index, item) in items.enumerated() {
                let key = RestoreRun.key(item, bytes)
                if index + 1 < items.count, RawKey.equal(key, RestoreRun.key(items[index + 1], bytes)) { continue }
                if item.valueCount < 0 {
                    try backing.delete(key)
                } else {
                    let start = item.position + item.keyCount
                    try backing.put(key, UnsafeRawBufferPointer(rebasing: bytes[start..<start + item.valueCount]))
                }
            }
        }
        buffer.reset()
        items.removeAll(keepingCapacity: true)
        commonCount = .max
    }

    private mutating func sort() {
        let common = commonCount
        buffer.withUnsafeBytes { bytes in
            for index in items.indices {
                let key = RestoreRun.key(items[index], bytes)
                items[index].word = RawKey.prefix(UnsafeRawBufferPointer(rebasing: key[common...]))
            }
            items.sort { a, b in
                if a.word != b.word { return a.word < b.word }
                let order = RawKey.compare(RestoreRun.key(a, bytes), RestoreRun.key(b, bytes))
                return order != 0 ? order < 0 : a.position < b.position
            }
        }
    }

    private mutating func narrowCommonCount(_ key: UnsafeRawBufferPointer) {
        guard commonCount > 0 else { return }
        guard let first = items.first else {
            commonCount = key.count
            return
        }
        commonCount = buffer.withUnsafeBytes {
            KeyOrder.commonCount(RestoreRun.key(first, $0), key, limit: commonCount)
        }
    }

    private static func key(_ item: Item, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[item.position..<item.position + item.keyCount])
    }
}
