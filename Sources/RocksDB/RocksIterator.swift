internal import CRocksDB

/// A walk over the keys of a column family, forward or backward, as they were when it was made.
///
/// One thread uses it. It begins nowhere: seek first. After its end, and after the database was closed, it is not
/// valid.
///
/// ```swift
/// let iterator = try database.makeIterator(in: database.defaultFamily)
/// iterator.seekToFirst()
/// while iterator.isValid {
///     print(iterator.key.count, iterator.value.count)
///     iterator.next()
/// }
/// try iterator.check()
/// ```
public final class RocksIterator: @unchecked Sendable {
    // Unchecked: one thread at a time uses it; the database keeps it only to close it.

    private var pointer: OpaquePointer?
    private let options: OpaquePointer?
    /// RocksDB reads the bounds through the pointers given to it, as long as it iterates.
    private let bounds: [UnsafeMutableRawBufferPointer]
    private let database: RocksDatabase

    init(
        _ rocks: OpaquePointer,
        _ family: RocksColumnFamily,
        lower: UnsafeRawBufferPointer?,
        upper: UnsafeRawBufferPointer?,
        database: RocksDatabase
    ) {
        self.database = database
        options = rocksdb_readoptions_create()
        var bounds = [UnsafeMutableRawBufferPointer]()
        if let lower {
            let copy = RocksIterator.copy(lower)
            rocksdb_readoptions_set_iterate_lower_bound(options, UnsafeRawBufferPointer(copy).characters, lower.count)
            bounds.append(copy)
        }
        if let upper {
            let copy = RocksIterator.copy(upper)
            rocksdb_readoptions_set_iterate_upper_bound(options, UnsafeRawBufferPointer(copy).characters, upper.count)
            bounds.append(copy)
        }
        self.bounds = bounds
        pointer = rocksdb_create_iterator_cf(rocks, options, family.handle)
    }

    deinit {
        close()
        rocksdb_readoptions_destroy(options)
        for bound in bounds { bound.deallocate() }
    }

    /// Gives up what the iterator holds; it is not valid afterwards.
    public func close() {
        guard let open = pointer else { return }
        pointer = nil
        rocksdb_iter_destroy(open)
        database.forget(ObjectIdentifier(self))
    }

    /// Whether it stands on a key.
    public var isValid: Bool { pointer.map { rocksdb_iter_valid($0) != 0 } ?? false }

    public func seekToFirst() {
        if let pointer { rocksdb_iter_seek_to_first(pointer) }
    }

    public func seekToLast() {
        if let pointer { rocksdb_iter_seek_to_last(pointer) }
    }

    /// To `key`, or to the first key after it.
    public func seek(_ key: UnsafeRawBufferPointer) {
        if let pointer { rocksdb_iter_seek(pointer, key.characters, key.count) }
    }

    /// To `key`, or to the last key before it.
    public func seekForPrevious(_ key: UnsafeRawBufferPointer) {
        if let pointer { rocksdb_iter_seek_for_prev(pointer, key.characters, key.count) }
    }

    /// To the key after this one. Nothing happens when the iterator is not valid.
    public func next() {
        if let pointer, isValid { rocksdb_iter_next(pointer) }
    }

    /// To the key before this one. Nothing happens when the iterator is not valid.
    public func previous() {
        if let pointer, isValid { rocksdb_iter_prev(pointer) }
    }

    /// The key in place, until the iterator moves; empty when it is not valid.
    public var key: UnsafeRawBufferPointer {
        guard let pointer, isValid else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        var count = 0
        let start = rocksdb_iter_key(pointer, &count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The value in place, until the iterator moves; empty when it is not valid.
    public var value: UnsafeRawBufferPointer {
        guard let pointer, isValid else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        var count = 0
        let start = rocksdb_iter_value(pointer, &count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Throws what ended the walk, if it was not the end of the keys. Call it when the iterator is no longer valid.
    public func check() throws(RocksError) {
        guard let pointer else { throw RocksError.closed(operation: "read", path: database.path) }
        var message: UnsafeMutablePointer<CChar>?
        rocksdb_iter_get_error(pointer, &message)
        if let error = database.error("read", message) { throw error }
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyMemory(from: bytes)
        return copy
    }
}
