import Records
import RocksDB

/// A store's committed content in RocksDB, laid out as Kafka Streams does.
///
/// | column family | key | value |
/// |---|---|---|
/// | `default`, or `keyValueWithTimestamp` for timestamped stores | the key's bytes | the value's bytes |
/// | `offsets` | the changelog partition, as `app-counts-changelog-0` | the next offset, 8 bytes big endian |
/// | `offsets` | `status` | 8 bytes big endian: 1 while Kafka's own code has the store open, 0 else |
///
/// Content and offset are written in one batch, and column families reach the disk together; so the offset always fits
/// the content and the status stays 0. Where it is found to be 1, somebody else's process died and the offset may not
/// fit: the content is removed, and is rebuilt from the changelog. See KIP-1035.
final class RocksStoreBacking: StoreBacking {
    private let storeName: String
    private let path: String
    private let families: [String]
    private let options: RocksOptions
    private let offsetKey: [UInt8]?
    private let batch = RocksWriteBatch()
    private var database: RocksDatabase
    private var isStatusWritten = false
    private(set) var committedOffset: Offset?

    private static let statusKey = Array("status".utf8)
    private static let offsetsFamily = "offsets"
    static let timestampedFamily = "keyValueWithTimestamp"

    /// Opens or makes `<task folder>/rocksdb/<store>`.
    init(
        storeName: String,
        isTimestamped: Bool,
        taskDirectory: String,
        changelog: TopicPartition?,
        options: RocksOptions
    ) throws {
        self.storeName = storeName
        self.options = options
        path = "\(taskDirectory)/rocksdb/\(storeName)"
        families = [
            isTimestamped ? RocksStoreBacking.timestampedFamily : RocksColumnFamily.defaultName,
            RocksStoreBacking.offsetsFamily,
        ]
        offsetKey = changelog.map { Array($0.description.utf8) }
        try FolderTree.create("\(taskDirectory)/rocksdb")
        database = try RocksStoreBacking.open(storeName, path, families, options)
        try rejectOtherLayout(isTimestamped)
        try readOffset()
    }

    private var content: RocksColumnFamily { database.families[0] }
    private var offsets: RocksColumnFamily { database.families[1] }

    private static func open(
        _ storeName: String,
        _ path: String,
        _ families: [String],
        _ options: RocksOptions
    ) throws -> RocksDatabase {
        do {
            return try RocksDatabase(path: path, families: families, options: options)
        } catch {
            switch error.kind {
            case .corruption:
                throw ProcessorStateException(
                    "the files of store \(storeName) in \(path) are damaged or no RocksDB database. Delete the folder: "
                        + "the store is rebuilt from its changelog",
                    underlying: error
                )
            case .locked:
                throw ProcessorStateException(
                    "store \(storeName) in \(path) is open in another process or task. Stop it, or set another "
                        + "state.dir",
                    underlying: error
                )
            case .inputOutput, .closed, .other:
                throw ProcessorStateException("store \(storeName) in \(path) cannot be opened", underlying: error)
            }
        }
    }

    /// A store that changed its kind finds content of the other layout, which it must not read as its own.
    private func rejectOtherLayout(_ isTimestamped: Bool) throws {
        let other = isTimestamped ? RocksColumnFamily.defaultName : RocksStoreBacking.timestampedFamily
        guard let family = database.family(named: other) else { return }
        let iterator = try database.makeIterator(in: family)
        defer { iterator.close() }
        iterator.seekToFirst()
        guard iterator.isValid else { return try iterator.check() }
        database.close()
        throw ProcessorStateException(
            "the files of store \(storeName) in \(path) are those of a store \(isTimestamped ? "without" : "with") "
                + "timestamps. Delete the folder: the store is rebuilt from its changelog"
        )
    }

    private func readOffset() throws {
        if try int64(RocksStoreBacking.statusKey) == 1 { try wipe() }
        guard let offsetKey, let value = try int64(offsetKey), value >= 0 else { return }
        committedOffset = Offset(value)
    }

    private func int64(_ key: [UInt8]) throws -> Int64? {
        let value = try key.withUnsafeBytes { key in
            try database.get(key, in: offsets) { value in
                value.count == 8 ? Int64(bigEndian: value.loadUnaligned(as: Int64.self)) : nil
            }
        }
        return value ?? nil
    }

    // MARK: Reading

    var approximateKeyCount: Int64 { database.approximateKeyCount(in: content) }

    func get(_ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) throws -> Bool {
        do {
            return try database.get(key, in: content, body) != nil
        } catch let error as RocksError {
            throw failure("read", error)
        }
    }

    func makeCursor(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?
    ) throws -> any BackingCursor {
        do {
            return RocksBackingCursor(try database.makeIterator(in: content, from: lower, before: upper), storeName)
        } catch {
            throw failure("read", error)
        }
    }

    // MARK: Writing

    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) { batch.put(key, value, in: content) }

    func delete(_ key: UnsafeRawBufferPointer) { batch.delete(key, in: content) }

    func deleteAll(before bound: UnsafeRawBufferPointer) {
        batch.deleteRange(from: UnsafeRawBufferPointer(start: nil, count: 0), before: bound, in: content)
    }

    func finishBatch(_ offset: Offset?) throws {
        defer { batch.clear() }
        if let offset, let offsetKey { put(offset.rawValue, at: offsetKey) }
        if !isStatusWritten { put(0, at: RocksStoreBacking.statusKey) }
        do {
            try database.write(batch)
        } catch {
            throw failure("write", error)
        }
        isStatusWritten = true
        if let offset, offsetKey != nil { committedOffset = offset }
    }

    private func put(_ value: Int64, at key: [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { value in
            key.withUnsafeBytes { key in batch.put(key, value, in: offsets) }
        }
    }

    func wipe() throws {
        batch.clear()
        database.close()
        try FolderTree.remove(path)
        database = try RocksStoreBacking.open(storeName, path, families, options)
        committedOffset = nil
        isStatusWritten = false
    }

    func close() { database.close() }

    private func failure(_ operation: String, _ error: RocksError) -> ProcessorStateException {
        ProcessorStateException("store \(storeName) cannot \(operation) \(path)", underlying: error)
    }
}

/// RocksDB's iterator as a store's cursor.
private final class RocksBackingCursor: BackingCursor {
    private let iterator: RocksIterator
    private let storeName: String

    init(_ iterator: RocksIterator, _ storeName: String) {
        self.iterator = iterator
        self.storeName = storeName
    }

    func seekToFirst() { iterator.seekToFirst() }
    func seekToLast() { iterator.seekToLast() }
    func next() { iterator.next() }
    func previous() { iterator.previous() }
    var isValid: Bool { iterator.isValid }
    var key: UnsafeRawBufferPointer { iterator.key }
    var value: UnsafeRawBufferPointer { iterator.value }
    func close() { iterator.close() }

    func checkEnd() throws {
        do {
            try iterator.check()
        } catch {
            throw ProcessorStateException("store \(storeName) cannot be read on", underlying: error)
        }
    }
}
