/// Entries of a table in the order of their keys, kept only once somebody asks for ranges.
///
/// Sorted chunks of bounded length, each item with the first bytes of its key beside it, so that a search seldom leaves
/// the chunk. New entries wait in a list until the next range is asked for.
///
/// Invariant: chunks are not empty, sorted within and among each other, and hold each entry once.
struct OrderedIndex {
    private struct Item {
        let prefix: UInt64
        let entry: StorePlace
    }

    /// Whether entries are recorded at all.
    private(set) var isActive = false
    private var chunks: [[Item]] = []
    private var count = 0
    private var waiting: [StorePlace] = []
    private static let chunkLimit = 512

    /// Starts to record; `entries` are those there are now.
    mutating func activate(_ entries: [StorePlace]) {
        isActive = true
        waiting = entries
    }

    /// Records a new entry. It must not be there yet.
    @inline(__always)
    mutating func add(_ entry: StorePlace) {
        if isActive { waiting.append(entry) }
    }

    /// Forgets all entries, and goes on recording.
    mutating func removeAll() {
        chunks.removeAll()
        waiting.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Forgets one entry, before its key is gone.
    mutating func remove(_ entry: StorePlace) {
        guard isActive else { return }
        sortIn()
        let (chunk, position) = lowerBound(entry.key)
        guard chunk < chunks.count, position < chunks[chunk].count, chunks[chunk][position].entry == entry else {
            return
        }
        chunks[chunk].remove(at: position)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// The entries whose keys are not before `lower`, and before `upper`; nil leaves that end open.
    mutating func entries(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?
    ) -> [StorePlace] {
        sortIn()
        var (chunk, position) = lower.map { lowerBound($0) } ?? (0, 0)
        let end = upper.map { lowerBound($0) } ?? (chunks.count, 0)
        var found: [StorePlace] = []
        while chunk < chunks.count, (chunk, position) < end {
            let stop = chunk == end.0 ? end.1 : chunks[chunk].count
            if position < stop { found.append(contentsOf: chunks[chunk][position..<stop].lazy.map(\.entry)) }
            (chunk, position) = (chunk + 1, 0)
        }
        return found
    }

    // MARK: Order

    private mutating func sortIn() {
        guard !waiting.isEmpty else { return }
        if waiting.count > 64, waiting.count > count / 8 {
            rebuild()
        } else {
            for entry in waiting { insert(entry) }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func rebuild() {
        var items = chunks.flatMap(\.self)
        items.reserveCapacity(items.count + waiting.count)
        for entry in waiting { items.append(item(entry)) }
        items.sort { a, b in
            a.prefix != b.prefix ? a.prefix < b.prefix : RawKey.compare(a.entry.key, b.entry.key) < 0
        }
        count = items.count
        let length = OrderedIndex.chunkLimit / 2
        chunks = stride(from: 0, to: items.count, by: length).map { start in
            Array(items[start..<min(start + length, items.count)])
        }
    }

    private mutating func insert(_ entry: StorePlace) {
        let new = item(entry)
        count += 1
        guard !chunks.isEmpty else {
            chunks = [[new]]
            return
        }
        var (chunk, position) = lowerBound(entry.key)
        if chunk == chunks.count {
            chunk -= 1
            position = chunks[chunk].count
        }
        chunks[chunk].insert(new, at: position)
        if chunks[chunk].count > OrderedIndex.chunkLimit {
            let half = chunks[chunk].count / 2
            chunks.insert(Array(chunks[chunk][half...]), at: chunk + 1)
            chunks[chunk].removeSubrange(half...)
        }
    }

    private func item(_ entry: StorePlace) -> Item { Item(prefix: RawKey.prefix(entry.key), entry: entry) }

    /// Where the first key stands that is not before `key`: a chunk, and a place in it; past the last chunk for none.
    private func lowerBound(_ key: UnsafeRawBufferPointer) -> (Int, Int) {
        let prefix = RawKey.prefix(key)
        func isBefore(_ item: Item) -> Bool {
            item.prefix != prefix ? item.prefix < prefix : RawKey.compare(item.entry.key, key) < 0
        }
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(chunks[middle][chunks[middle].count - 1]) { low = middle + 1 } else { high = middle }
        }
        guard low < chunks.count else { return (low, 0) }
        let chunk = low
        (low, high) = (0, chunks[chunk].count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(chunks[chunk][middle]) { low = middle + 1 } else { high = middle }
        }
        return (chunk, low)
    }
}
