import HeapModule
import Records

/// The changes that a suppression holds back, by the time from which they wait: in memory, with a changelog.
///
/// A key that changes again keeps its place. A changelog record has the key's bytes and, with a header `v` of 3 and no time
/// of its own, the bytes of ``BufferedChange`` and 8 with the time; a key that left has a null value. What changed
/// between two commits is logged with the second.
@usableFromInline
final class SuppressionBuffer: StateStore {
    @usableFromInline let name: String
    @usableFromInline let isPersistent = false
    @usableFromInline private(set) var isOpen = false
    @usableFromInline private(set) var committedOffset: Offset?

    private struct Entry {
        var timeMs: Int64
        var change: BufferedChange
    }

    private struct Place: Comparable {
        let timeMs: Int64
        let key: [UInt8]

        static func < (a: Place, b: Place) -> Bool {
            a.timeMs != b.timeMs ? a.timeMs < b.timeMs : RawKey.isBefore(a.key[...], b.key[...])
        }
    }

    private var entries: [[UInt8]: Entry] = [:]
    /// The entries' places. Those of keys that left by a restore stay, and are passed over.
    private var places = Heap<Place>()
    /// Keys that changed since the last flush, in the order in which they did first.
    private var dirty: [[UInt8]] = []
    private var dirtySet: Set<[UInt8]> = []
    private var dirtyOrder = JavaHashOrder()
    private var changelog: StoreChangelog?
    /// Kafka's measure of what is held: keys, values, times and record contexts.
    private(set) var sizeBytes = 0

    init(name: String) { self.name = name }

    /// How many keys are held.
    var count: Int { entries.count }

    /// The time of the entry that waits longest; nil when there is none.
    var earliestTimeMs: Int64? {
        while let place = places.min {
            if entries[place.key]?.timeMs == place.timeMs { return place.timeMs }
            _ = places.popMin()
        }
        return nil
    }

    /// The change of a key that is held.
    func change(of key: [UInt8]) -> BufferedChange? { entries[key]?.change }

    /// Holds a change; one of a key that is held already takes its place.
    func put(_ key: [UInt8], _ change: BufferedChange, timeMs: Int64) {
        insert(key, change, timeMs)
        markDirty(key)
    }

    /// Takes out the entry that waits longest, after `body` has seen it.
    func removeFirst(_ body: ([UInt8], BufferedChange) throws -> Void) throws {
        guard earliestTimeMs != nil, let place = places.min, let entry = entries[place.key] else { return }
        try body(place.key, entry.change)
        _ = places.popMin()
        remove(place.key)
        markDirty(place.key)
    }

    private func insert(_ key: [UInt8], _ change: BufferedChange, _ timeMs: Int64) {
        sizeBytes += size(key, change)
        if let old = entries[key] {
            sizeBytes -= size(key, old.change)
            entries[key]?.change = change
            return
        }
        entries[key] = Entry(timeMs: timeMs, change: change)
        places.insert(Place(timeMs: timeMs, key: key))
    }

    private func remove(_ key: [UInt8]) {
        guard let old = entries.removeValue(forKey: key) else { return }
        sizeBytes -= size(key, old.change)
    }

    private func size(_ key: [UInt8], _ change: BufferedChange) -> Int { 8 + key.count + change.sizeBytes }

    private func markDirty(_ key: [UInt8]) {
        guard changelog != nil, dirtySet.insert(key).inserted else { return }
        dirty.append(key)
    }
}

// MARK: - The task's side

extension SuppressionBuffer {
    @usableFromInline
    func open(_ context: any StateStoreContext) throws {
        guard !isOpen else { throw InvalidStateStoreException("store \(name) is open already") }
        changelog = context.changelog(of: name)
        isOpen = true
    }

    @usableFromInline
    func flush() throws {
        guard let changelog else { return }
        dirtyOrder.reserve(dirty.count)
        var buffer = RawBuffer()
        for key in dirtyOrder.sorted(dirty, by: { JavaHashOrder.hash($0) }) {
            try key.withUnsafeBytes { key in
                guard let entry = entries[[UInt8](key)] else {
                    return try changelog.logWithHeaders(key, nil, .none, [])
                }
                buffer.reset()
                entry.change.write(to: &buffer)
                buffer.append(int64: entry.timeMs)
                try buffer.withUnsafeBytes { value in
                    try changelog.logWithHeaders(key, value, .none, SuppressionBuffer.headers)
                }
            }
        }
        dirty.removeAll(keepingCapacity: true)
        dirtySet.removeAll(keepingCapacity: true)
    }

    private static let headers = [Header(key: "v", value: Bytes([3]))]

    @usableFromInline
    func commit(_ changelogOffset: Offset?) throws { committedOffset = changelogOffset ?? committedOffset }

    /// Takes changelog records of version 3, which Kafka Streams has written since 2.4.
    @usableFromInline
    func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        let key = [UInt8](key)
        guard let value else { return remove(key) }
        guard value.count >= 8 else { throw SerializationException("a suppressed change of \(value.count) bytes") }
        let change = try BufferedChange(UnsafeRawBufferPointer(rebasing: value[..<(value.count - 8)]))
        insert(key, change, WindowKey.int64(value, fromEnd: 8))
    }

    @usableFromInline
    func finishRestore(_ nextOffset: Offset) throws { committedOffset = nextOffset }

    @usableFromInline
    func wipe() throws {
        entries = [:]
        places = Heap()
        (dirty, dirtySet) = ([], [])
        sizeBytes = 0
        committedOffset = nil
    }

    @usableFromInline
    func close() throws {
        try wipe()
        changelog = nil
        isOpen = false
    }
}
