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
        let entry: StorePlace
    }

    static func sort(_ entries: inout [StorePlace]) {
        guard let sample = entries.first?.key else { return }
        var common = sample.count
        for entry in entries where common > 0 { common = commonCount(sample, entry.key, limit: common) }
        var items = entries.map { entry in
            Item(word: RawKey.prefix(UnsafeRawBufferPointer(rebasing: entry.key[common...])), entry: entry)
        }
        items.sort { a, b in
            a.word != b.word ? a.word < b.word : RawKey.compare(a.entry.key, b.entry.key) < 0
        }
        for position in entries.indices { entries[position] = items[position].entry }
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
