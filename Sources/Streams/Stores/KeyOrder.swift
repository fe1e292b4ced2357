#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Sorts entries of a table by key: by the 8 bytes after what all keys have in common, which mostly decide.
enum KeyOrder {
    private struct Item {
        let word: UInt64
        let index: StoreIndex
    }

    static func sort(_ indexes: inout [StoreIndex], _ table: borrowing StoreTable) {
        guard let first = indexes.first else { return }
        let entries = table.entries
        let sample = entries[Int(first)].key
        var common = sample.count
        for index in indexes where common > 0 { common = commonCount(sample, entries[Int(index)].key, limit: common) }
        var items = indexes.map { index in
            Item(
                word: RawKey.prefix(UnsafeRawBufferPointer(rebasing: entries[Int(index)].key[common...])),
                index: index
            )
        }
        items.sort { a, b in
            a.word != b.word
                ? a.word < b.word
                : RawKey.compare(entries[Int(a.index)].key, entries[Int(b.index)].key) < 0
        }
        for position in indexes.indices { indexes[position] = items[position].index }
    }

    /// How many bytes both keys begin with alike, `limit` at most.
    static func commonCount(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, limit: Int) -> Int {
        let limit = min(limit, b.count)
        guard limit > 0, let left = a.baseAddress, let right = b.baseAddress else { return 0 }
        if memcmp(left, right, limit) == 0 { return limit }
        var count = 0
        while count < limit, a[count] == b[count] { count += 1 }
        return count
    }
}
