internal import CRocksDB

/// Blocks of table files held in memory, least recently used first out; several databases share one.
public final class RocksBlockCache: @unchecked Sendable {
    // Unchecked: RocksDB's cache is safe for any thread, and the pointer never changes.
    let pointer: OpaquePointer?

    /// The most bytes that it holds.
    public let capacityBytes: Int

    public init(capacityBytes: Int) {
        self.capacityBytes = max(capacityBytes, 0)
        self.pointer = rocksdb_cache_create_lru(self.capacityBytes)
    }

    deinit {
        if let pointer { rocksdb_cache_destroy(pointer) }
    }

    /// How many bytes it holds now.
    public var usedBytes: Int { pointer.map { rocksdb_cache_get_usage($0) } ?? 0 }
}
