internal import CRocksDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A RocksDB database: sorted keys and values in a folder, in one or more column families.
///
/// Reads may come from any thread, also during a write; `close()` must not run beside another call. Keys and values
/// are raw bytes, ordered unsigned byte by byte. Nothing is written ahead: after a crash the database is as it was at
/// some earlier batch, whole batches only, all column families alike. `flush()` makes what was written so far durable,
/// and so does `close()`.
///
/// ```swift
/// let database = try RocksDatabase(path: "/tmp/orders")
/// let batch = RocksWriteBatch()
/// batch.put(key, value, in: database.defaultFamily)
/// try database.write(batch)
/// database.close()
/// ```
///
/// Invariant: `close()` invalidates all open iterators first; RocksDB would abort the process otherwise.
public final class RocksDatabase: @unchecked Sendable {
    // Unchecked: RocksDB is safe for any thread; `state` holds what changes.

    /// The folder.
    public let path: String
    /// The column families in the order asked for; others that the folder had are opened too, as RocksDB demands.
    public let families: [RocksColumnFamily]

    private let pointer: OpaquePointer
    private let allFamilies: [RocksColumnFamily]
    private let readOptions: OpaquePointer?
    private let writeOptions: OpaquePointer?
    private let blockCache: RocksBlockCache?
    private let state = Mutex(State())

    private struct State {
        var isOpen = true
        var iterators: [ObjectIdentifier: WeakIterator] = [:]
    }

    private struct WeakIterator {
        weak var iterator: RocksIterator?
    }

    /// Opens the database in `path`, whose parent folder must exist.
    ///
    /// Errors: ``RocksError`` of kind `corruption` for a damaged or foreign folder, `locked` when it is open elsewhere.
    public init(
        path: String,
        families names: [String] = [RocksColumnFamily.defaultName],
        options: RocksOptions = RocksOptions()
    ) throws(RocksError) {
        let handle = RocksOptionsHandle(options)
        var all = names
        for name in try RocksDatabase.existingFamilies(path, handle) where !all.contains(name) { all.append(name) }
        if !all.contains(RocksColumnFamily.defaultName) { all.append(RocksColumnFamily.defaultName) }
        let opened = try RocksDatabase.open(path, all, handle)
        self.path = path
        self.pointer = opened.database
        self.allFamilies = zip(all, opened.handles).map { RocksColumnFamily(handle: $1, name: $0) }
        self.families = Array(allFamilies.prefix(names.count))
        self.blockCache = options.blockCache
        self.readOptions = rocksdb_readoptions_create()
        self.writeOptions = rocksdb_writeoptions_create()
        rocksdb_readoptions_set_verify_checksums(readOptions, 1)
        rocksdb_writeoptions_disable_WAL(writeOptions, 1)
    }

    deinit { close() }

    /// The first column family asked for.
    public var defaultFamily: RocksColumnFamily { families[0] }

    /// The column family of that name, also one that was not asked for; nil when there is none.
    public func family(named name: String) -> RocksColumnFamily? { allFamilies.first { $0.name == name } }

    /// Closes the database and its iterators; what was written is durable afterwards. A second call does nothing.
    public func close() {
        let iterators = state.withLock { state -> [RocksIterator]? in
            guard state.isOpen else { return nil }
            state.isOpen = false
            defer { state.iterators.removeAll() }
            return state.iterators.values.compactMap(\.iterator)
        }
        guard let iterators else { return }
        for iterator in iterators { iterator.close() }
        for family in allFamilies { rocksdb_column_family_handle_destroy(family.takeHandle()) }
        rocksdb_close(pointer)
        rocksdb_readoptions_destroy(readOptions)
        rocksdb_writeoptions_destroy(writeOptions)
    }

    /// Whether `close()` has not been called yet.
    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Hands the value of `key` to `body`, in RocksDB's own memory and only during the call; nil when there is none.
    public func get<R>(
        _ key: UnsafeRawBufferPointer,
        in family: RocksColumnFamily,
        _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R? {
        guard isOpen else { throw RocksError.closed(operation: "read", path: path) }
        var message: UnsafeMutablePointer<CChar>?
        let slice = rocksdb_get_pinned_cf(pointer, readOptions, family.handle, key.characters, key.count, &message)
        if let error = error("read", message) { throw error }
        guard let slice else { return nil }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let value = rocksdb_pinnableslice_value(slice, &count)
        return try body(UnsafeRawBufferPointer(start: value, count: count))
    }

    /// Applies all changes of `batch`, or none. The batch keeps its changes: clear it before it is used again.
    public func write(_ batch: RocksWriteBatch) throws(RocksError) {
        guard isOpen else { throw RocksError.closed(operation: "write", path: path) }
        var message: UnsafeMutablePointer<CChar>?
        rocksdb_write(pointer, writeOptions, batch.pointer, &message)
        if let error = error("write", message) { throw error }
    }

    /// An iterator over the keys from `lower` on and before `upper`, as they are now; nil leaves that end open.
    public func makeIterator(
        in family: RocksColumnFamily,
        from lower: UnsafeRawBufferPointer? = nil,
        before upper: UnsafeRawBufferPointer? = nil
    ) throws(RocksError) -> RocksIterator {
        guard isOpen else { throw RocksError.closed(operation: "read", path: path) }
        let iterator = RocksIterator(pointer, family, lower: lower, upper: upper, database: self)
        state.withLock { $0.iterators[ObjectIdentifier(iterator)] = WeakIterator(iterator: iterator) }
        return iterator
    }

    func forget(_ iterator: ObjectIdentifier) {
        state.withLock { state in _ = state.iterators.removeValue(forKey: iterator) }
    }

    /// Writes what is held in memory to files, all column families together, and waits until it is durable.
    public func flush() throws(RocksError) {
        guard isOpen else { throw RocksError.closed(operation: "flush", path: path) }
        let options = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        rocksdb_flushoptions_set_wait(options, 1)
        var message: UnsafeMutablePointer<CChar>?
        // With atomic flush, one family takes the others along.
        rocksdb_flush_cf(pointer, options, allFamilies[0].handle, &message)
        if let error = error("flush", message) { throw error }
    }

    /// RocksDB's estimate of how many keys there are: overwrites and deletions not yet compacted make it wrong.
    public func approximateKeyCount(in family: RocksColumnFamily) -> Int64 {
        guard isOpen else { return 0 }
        var value: UInt64 = 0
        guard rocksdb_property_int_cf(pointer, family.handle, "rocksdb.estimate-num-keys", &value) == 0 else {
            return 0
        }
        return Int64(clamping: value)
    }

    func withPointer(_ body: (OpaquePointer) throws(RocksError) -> Void) throws(RocksError) { try body(pointer) }

    func error(_ operation: String, _ message: UnsafeMutablePointer<CChar>?) -> RocksError? {
        RocksDatabase.error(operation, path, message)
    }
}

extension RocksDatabase {
    private static func existingFamilies(
        _ path: String,
        _ options: borrowing RocksOptionsHandle
    ) throws(RocksError) -> [String] {
        // Listing fails where there is no database; that is no error yet, since opening may create one.
        guard access("\(path)/CURRENT", F_OK) == 0 else { return [] }
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        let list = rocksdb_list_column_families(options.pointer, path, &count, &message)
        if let error = error("open", path, message) { throw error }
        guard let list else { return [] }
        defer { rocksdb_list_column_families_destroy(list, count) }
        return (0..<count).compactMap { index in list[index].map { String(cString: $0) } }
    }

    private static func open(
        _ path: String,
        _ names: [String],
        _ options: borrowing RocksOptionsHandle
    ) throws(RocksError) -> (database: OpaquePointer, handles: [OpaquePointer]) {
        let copies = names.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let cNames = copies.map { UnsafePointer($0) }
        let perFamily = [OpaquePointer?](repeating: options.pointer, count: names.count)
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        var message: UnsafeMutablePointer<CChar>?
        let database = rocksdb_open_column_families(
            options.pointer,
            path,
            Int32(clamping: names.count),
            cNames,
            perFamily,
            &handles,
            &message
        )
        if let error = error("open", path, message) { throw error }
        let opened = handles.compactMap(\.self)
        guard let database, opened.count == names.count else {
            throw RocksError(operation: "open", path: path, text: "it gave no handle")
        }
        return (database, opened)
    }

    fileprivate static func error(
        _ operation: String,
        _ path: String,
        _ message: UnsafeMutablePointer<CChar>?
    ) -> RocksError? {
        guard let message else { return nil }
        defer { rocksdb_free(message) }
        return RocksError(operation: operation, path: path, text: String(cString: message))
    }
}

extension UnsafeRawBufferPointer {
    /// The start as C's `char`; RocksDB never takes a null pointer, not even for no bytes.
    var characters: UnsafePointer<CChar> {
        (baseAddress ?? emptyBytes).assumingMemoryBound(to: CChar.self)
    }
}

/// One byte that is never read: the address of an empty key.
private nonisolated(unsafe) let emptyBytes = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
)
