/// Entries of a table in the order of their keys, kept only once somebody asks for ranges.
///
/// Sorted chunks of bounded length, each item with the first bytes of its key beside it, so that a search seldom leaves
/// the chunk. New entries wait in a list until the next range is asked for.
///
/// Invariant: chunks are not empty, sorted within and among each other, and hold each entry once.
struct OrderedIndex {
    private struct Item {
        let prefix: UInt64
        let index: StoreIndex
    }

    /// Whether entries are recorded at all.
    private(set) var isActive = false
    private var chunks: [[Item]] = []
    private var count = 0
    private var waiting: [StoreIndex] = []
    private static let chunkLimit = 512

    /// Starts to record; `entries` are those there are now.
    mutating func activate(_ entries: [StoreIndex]) {
        isActive = true
        waiting = entries
    }

    /// Records a new entry. It must not be there yet.
    @inline(__always)
    mutating func add(_ index: StoreIndex) {
        if isActive { waiting.append(index) }
    }

    /// Forgets all entries, and goes on recording.
    mutating func removeAll() {
        chunks.removeAll()
        waiting.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Forgets one entry, before its key is gone.
    mutating func remove(_ index: StoreIndex, in table: borrowing StoreTable) {
        guard isActive else { return }
        sortIn(table)
        let key = table.entries[Int(index)].key
        let (chunk, position) = lowerBound(key, in: table)
        guard chunk < chunks.count, position < chunks[chunk].count, chunks[chunk][position].index == index else {
            return
        }
        chunks[chunk].remove(at: position)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// The entries whose keys are not before `lower`, and before `upper`; nil leaves that end open.
    mutating func entries(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?,
        in table: borrowing StoreTable
    ) -> [StoreIndex] {
        sortIn(table)
        var (chunk, position) = lower.map { lowerBound($0, in: table) } ?? (0, 0)
        let end = upper.map { lowerBound($0, in: table) } ?? (chunks.count, 0)
        var found: [StoreIndex] = []
        while chunk < chunks.count, (chunk, position) < end {
            let stop = chunk == end.0 ? end.1 : chunks[chunk].count
            if position < stop { found.append(contentsOf: chunks[chunk][position..<stop].lazy.map(\.index)) }
            (chunk, position) = (chunk + 1, 0)
        }
        return found
    }

    // MARK: Order

    private mutating func sortIn(_ table: borrowing StoreTable) {
        guard !waiting.isEmpty else { return }
        if waiting.count > 64, waiting.count > count / 8 {
            rebuild(table)
        } else {
            for index in waiting { insert(index, table) }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func rebuild(_ table: borrowing StoreTable) {
        var items = chunks.flatMap(\.self)
        items.reserveCapacity(items.count + waiting.count)
        for index in waiting { items.append(item(index, table)) }
        let entries = table.entries
        items.sort { a, b in
            a.prefix != b.prefix
                ? a.prefix < b.prefix
                : RawKey.compare(entries[Int(a.index)].key, entries[Int(b.index)].key) < 0
        }
        count = items.count
        let length = OrderedIndex.chunkLimit / 2
        chunks = stride(from: 0, to: items.count, by: length).map { start in
            Array(items[start..<min(start + length, items.count)])
        }
    }

    private mutating func insert(_ index: StoreIndex, _ table: borrowing StoreTable) {
        let new = item(index, table)
        count += 1
        guard !chunks.isEmpty else {
            chunks = [[new]]
            return
        }
        var (chunk, position) = lowerBound(table.entries[Int(index)].key, in: table)
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

    private func item(_ index: StoreIndex, _ table: borrowing StoreTable) -> Item {
        Item(prefix: RawKey.prefix(table.entries[Int(index)].key), index: index)
    }

    /// Where the first key stands that is not before `key`: a chunk, and a place in it; past the last chunk for none.
    private func lowerBound(_ key: UnsafeRawBufferPointer, in table: borrowing StoreTable) -> (Int, Int) {
        let prefix = RawKey.prefix(key)
        let entries = table.entries
        func isBefore(_ item: Item) -> Bool {
            item.prefix != prefix ? item.prefix < prefix : RawKey.compare(entries[Int(item.index)].key, key) < 0
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
