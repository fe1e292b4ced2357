internal import CRocksDB

/// Changes that a database applies all together. Reused: `clear()` keeps its memory.
public final class RocksWriteBatch {
    let pointer: OpaquePointer?

    public init() { pointer = rocksdb_writebatch_create() }

    deinit { rocksdb_writebatch_destroy(pointer) }

    /// Sets the value of `key`; both are copied.
    public func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in family: RocksColumnFamily) {
        guard let handle = family.handle else { return }
        rocksdb_writebatch_put_cf(
            pointer,
            handle,
            key.characters,
            key.count,
            value.characters,
            value.count
        )
    }

    /// Sets the value of `key` to the two parts, one after the other.
    public func put(
        _ key: UnsafeRawBufferPointer,
        _ head: UnsafeRawBufferPointer,
        _ tail: UnsafeRawBufferPointer,
        in family: RocksColumnFamily
    ) {
        guard let handle = family.handle else { return }
        var keyStart: UnsafePointer<CChar>? = key.characters
        var keyCount = key.count
        var parts: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) = (head.characters, tail.characters)
        var counts = (head.count, tail.count)
        withUnsafePointer(to: &parts) { parts in
            withUnsafePointer(to: &counts) { counts in
                parts.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: 2) { parts in
                    counts.withMemoryRebound(to: Int.self, capacity: 2) { counts in
                        rocksdb_writebatch_putv_cf(pointer, handle, 1, &keyStart, &keyCount, 2, parts, counts)
                    }
                }
            }
        }
    }

    /// Removes `key`, if it is there.
    public func delete(_ key: UnsafeRawBufferPointer, in family: RocksColumnFamily) {
        guard let handle = family.handle else { return }
        rocksdb_writebatch_delete_cf(pointer, handle, key.characters, key.count)
    }

    /// Removes the keys from `lower` on and before `upper`.
    public func deleteRange(
        from lower: UnsafeRawBufferPointer,
        before upper: UnsafeRawBufferPointer,
        in family: RocksColumnFamily
    ) {
        guard let handle = family.handle else { return }
        rocksdb_writebatch_delete_range_cf(
            pointer,
            handle,
            lower.characters,
            lower.count,
            upper.characters,
            upper.count
        )
    }

    /// How many changes it holds.
    public var count: Int { Int(rocksdb_writebatch_count(pointer)) }

    /// How many bytes they take.
    public var sizeBytes: Int {
        var size = 0
        _ = rocksdb_writebatch_data(pointer, &size)
        return size
    }

    public func clear() { rocksdb_writebatch_clear(pointer) }
}
