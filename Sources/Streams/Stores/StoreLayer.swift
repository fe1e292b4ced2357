import Records
import RocksDB

/// The one layer of memory above a store's committed content: uncommitted changes, write-back cache, read cache.
///
/// Readers see the layer's entries first, then what is below. A change is *uncommitted* until a ``commit(_:)`` writes
/// all of them in one batch with the changelog's offset, which not every one does. With caching, it is *dirty* besides until ``flush()`` logs
/// and forwards it, in the order in which keys were last changed. Without caching it is logged at once. Committed
/// entries stay as long as the budget has room. Without a backing the layer is the store: then committed entries
/// always stay.
///
/// Over a store of one's own, which may do as it likes with what it is given, the layer is a cache at most: what is
/// logged is put into it at once, and without caching nothing is kept beyond a call.
///
/// Invariant: entries that are dirty or uncommitted are never evicted; while pinned, no entry is.
/// Invariant: dirty implies uncommitted.
@usableFromInline
final class StoreLayer {
    /// What a flush hands out: the key, the new and the old value as bytes valid during the call, and the time of the
    /// change's record. The context is the change's.
    @usableFromInline typealias FlushListener = (
        _ key: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer?, _ old: UnsafeRawBufferPointer?,
        _ timestamp: Timestamp
    ) throws -> Void

    /// How a store was made.
    struct Configuration {
        var name: String
        var isPersistent: Bool
        var isTimestamped: Bool
        var isCached: Bool
        var rocks = RocksOptions()
        /// How many leading bytes of a key are the store's own and do not go to the changelog.
        var hiddenPrefixSize = 0
        /// How many bytes at a key's end are its time and number, where keys are in segments and are asked for one by one;
        /// 0 elsewhere.
        var segmentSuffixSize = 0
        /// Makes the store of one's own that content is in, in place of RocksDB or memory.
        var makeOwn: (@Sendable (_ storeName: String) -> any BytesStore)?
    }

    let configuration: Configuration
    @exclusivity(unchecked) var table = StoreTable()
    @exclusivity(unchecked) var ordered = OrderedIndex()
    /// The segments that are wholly in memory, where keys are in segments.
    let memory: SegmentMemory?
    /// Whether each key that has a value is in the table, where keys are not in segments: nothing was below when the store
    /// was opened, and nothing was evicted since.
    @exclusivity(unchecked) var isWhole = false
    /// The store of one's own that content is in.
    let own: (any BytesStore)?
    private(set) var backing: (any StoreBacking)?
    private(set) var isOpen = false
    /// Whether changes are held back: asked for, and the budget allows it.
    @usableFromInline private(set) var isCaching = false
    var context: (any StateStoreContext)?
    var budget = CacheBudget(maxBytes: 0)
    var log: StoreChangelog.Logger?
    var flushListener: FlushListener?
    var sendsOldValues = false

    /// Entries that differ from what is below.
    @exclusivity(unchecked) var uncommitted: [StorePlace] = []
    @exclusivity(unchecked) var dirtyLog = DirtyLog()
    /// Whether there are changes since the last commit.
    @exclusivity(unchecked) var hasUncommitted = false
    /// The changelog's offset of the last commit, where there was one since the store was opened.
    var position: Offset?
    var isFlushing = false
    /// Whether a flush ended with an error: then some changes were never logged, and nothing may be committed.
    var hasFlushFailed = false
    /// What entries were when the flush that is going on began, where a listener has changed them since.
    var captured: [StorePlace: CapturedChange] = [:]

    /// While above zero, no entry leaves the table: somebody holds its place.
    @exclusivity(unchecked) var pins = 0
    /// Counts how often all memory was given up: a place from before means nothing.
    var epoch = 0
    /// The changelog's offset that memory stands for, where there is nothing below.
    var memoryOffset: Offset?
    /// Keys before this one are gone for good: nobody asks for them, and a commit removes them.
    private(set) var expiredBefore: [UInt8]?
    /// Whether ``expiredBefore`` has moved since the last commit.
    var isExpiryPending = false
    var evictionHand = 0
    /// Records of the changelog that are not written yet.
    var restored = RestoreRun()
    var cleanBytes = 0
    var dirtyBytes = 0
    var uncommittedBytes = 0

    /// Where keys and values are encoded for a call.
    @exclusivity(unchecked) @usableFromInline var keyBuffer = RawBuffer(capacity: 64)
    @exclusivity(unchecked) @usableFromInline var valueBuffer = RawBuffer(capacity: 256)

    struct CapturedChange {
        let position: Int32
        let value: [UInt8]?
        let old: [UInt8]?
        let oldBelow: Bool
    }

    init(_ configuration: Configuration) {
        self.configuration = configuration
        own = configuration.makeOwn?(configuration.name)
        memory =
            configuration.segmentSuffixSize > 0 && own == nil
            ? SegmentMemory(suffixSize: configuration.segmentSuffixSize, seed: table.seed) : nil
    }

    /// Whether committed content survives a restart without its changelog.
    var isPersistent: Bool { own?.isPersistent ?? configuration.isPersistent }

    /// How many bytes of changes a restore gathers before it writes them.
    static let restoreBatchBytes = 4 << 20
}

extension StoreLayer {
    func open(_ context: any StateStoreContext) throws {
        guard !isOpen else { throw InvalidStateStoreException("store \(configuration.name) is open already") }
        let changelog = context.changelog(of: configuration.name)
        if let own {
            backing = try OwnStoreBacking(own, context)
        } else if configuration.isPersistent {
            backing = try RocksStoreBacking(
                storeName: configuration.name,
                isTimestamped: configuration.isTimestamped,
                taskDirectory: context.taskDirectory,
                changelog: changelog?.topicPartition,
                options: configuration.rocks
            )
        }
        self.context = context
        log = changelog?.log
        budget = context.cacheBudget
        budget.add(self)
        isCaching = configuration.isCached && budget.maxBytes > 0
        if let own = own as? LRUBytesStore, log != nil, !configuration.isTimestamped {
            own.onForget = { [unowned self] key in
                try key.withUnsafeBytes { try log?($0, nil, recordTimestamp) }
            }
        }
        if let backing, own == nil, memory == nil { isWhole = try isEmpty(backing) }
        isOpen = true
    }

    private func isEmpty(_ backing: any StoreBacking) throws -> Bool {
        let cursor = try backing.makeCursor(from: nil, before: nil)
        defer { cursor.close() }
        cursor.seekToFirst()
        if !cursor.isValid { try cursor.checkEnd() }
        return !cursor.isValid
    }

    /// Gives up everything in memory; the committed content of a persistent store stays.
    func close() throws {
        guard isOpen else { return }
        defer {
            isOpen = false
            clearMemory()
            restored = RestoreRun()
            budget.remove(self)
            backing?.close()
            backing = nil
            context = nil
            log = nil
            flushListener = nil
        }
        try writeCommitted()
    }

    /// Removes everything, committed content too.
    func wipe() throws {
        try checkOpen()
        clearMemory()
        restored = RestoreRun()
        memoryOffset = nil
        try backing?.wipe()
        memory?.reset()
        isWhole = backing != nil && own == nil && memory == nil
    }

    func clearMemory() {
        table = StoreTable()
        ordered = OrderedIndex()
        if backing == nil { memory?.reset() } else { memory?.clear() }
        isWhole = false
        uncommitted.removeAll()
        (hasUncommitted, position) = (false, nil)
        dirtyLog = DirtyLog()
        hasFlushFailed = false
        captured.removeAll()
        (pins, epoch) = (0, epoch + 1)
        isExpiryPending = false
        evictionHand = 0
        budget.dirtyBytes -= dirtyBytes
        budget.uncommittedBytes -= uncommittedBytes
        budget.cleanBytes -= cleanBytes
        (dirtyBytes, uncommittedBytes, cleanBytes) = (0, 0, 0)
    }

    /// Gives up all keys before `bound`, with the next commit and without logging it.
    func expire(before bound: [UInt8]) {
        expiredBefore = bound
        isExpiryPending = true
    }

    /// What each call begins with.
    @inline(__always)
    func begin() throws {
        if isOpen, own == nil { return }
        try beginOverOwn()
    }

    /// Without caching, a store of one's own is asked each time: what the last call kept is forgotten.
    @inline(never)
    private func beginOverOwn() throws {
        try checkOpen()
        guard !isCaching, pins == 0, table.count > 0 else { return }
        table = StoreTable()
        addClean(-cleanBytes)
    }

    @usableFromInline
    func checkOpen() throws {
        guard isOpen else { throw InvalidStateStoreException("store \(configuration.name) is not open") }
    }

    /// Sets who receives the changes of a flush; false without caching, when changes are forwarded by who makes them.
    @usableFromInline
    func setFlushListener(sendsOldValues: Bool, _ listener: @escaping FlushListener) -> Bool {
        guard isCaching else { return false }
        self.sendsOldValues = sendsOldValues
        flushListener = listener
        return true
    }

    var wantsCommit: Bool { budget.wantsCommit && uncommittedBytes > 0 }

    var recordTimestamp: Timestamp { context?.timestamp ?? .none }
}
