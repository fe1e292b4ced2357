import Records
import Testing

@testable import Streams

/// What of a window store is wholly in memory, so that ranges do not ask RocksDB.
@Suite struct SegmentMemoryTests {
    private let minute: Int64 = 60_000

    private func open(_ fixture: StoreFixture) throws -> WindowStore<String, String> {
        let store = Stores.windowStore(
            "w",
            .string,
            .string,
            windowSize: .seconds(60),
            retention: .seconds(240),
            retainsDuplicates: true
        ).makeStore()
        try store.open(fixture)
        return store
    }

    private func put(_ store: WindowStore<String, String>, _ times: [Int64]) throws {
        for time in times { try store.put("k", "v\(time)", at: Timestamp(time)) }
        try store.flush()
        try store.commit(nil)
    }

    private func values(_ store: WindowStore<String, String>, _ from: Int64, _ to: Int64) throws -> [String] {
        try store.fetch("k", from: Timestamp(from), to: Timestamp(to)).rest().map(\.value)
    }

    @Test func `segments that begin while the store is open stay in memory, and those that expire go`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0))
        let store = try open(fixture)
        let memory = try #require(store.segments.layer.memory)
        try put(store, [2, 1, 3, 150_000, 121_000])
        #expect(memory.live.map(\.segment) == [0, 1])
        #expect(memory.incompleteUntil == -1)
        #expect(try values(store, 0, 121_000) == ["v1", "v2", "v3", "v121000"])
        #expect(store.segments.layer.table.count == 5)
        try put(store, [10 * minute])
        #expect(memory.live.map(\.segment) == [5])
        #expect(store.segments.layer.table.count == 1)
        try store.close()
        #expect(fixture.cacheBudget.cleanBytes == 0)
    }

    @Test func `segments found on disk are read in when they are asked for`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0))
        var store = try open(fixture)
        try put(store, [1, 2, 2 * minute, 3 * minute])
        try store.close()
        store = try open(fixture)
        let memory = try #require(store.segments.layer.memory)
        #expect(memory.incompleteUntil == 1)
        // One that was not there yet, and is not committed when its segment is read.
        try store.put("k", "new", at: Timestamp(minute))
        #expect(try values(store, 2 * minute, 3 * minute) == ["v120000", "v180000"])
        #expect(memory.incompleteUntil == 0)
        #expect(try values(store, 0, 3 * minute) == ["v1", "v2", "new", "v120000", "v180000"])
        #expect(memory.incompleteUntil == -1)
        try store.close()
    }

    @Test func `where there is no room, the earliest segments are given up and read from disk`() throws {
        let budget = CacheBudget(maxBytes: 0, cleanMaxBytes: 3000)
        budget.cleanSlackBytes = 0
        let fixture = StoreFixture(budget: budget)
        let store = try open(fixture)
        let memory = try #require(store.segments.layer.memory)
        try put(store, (0..<10).map { $0 })
        try put(store, (0..<10).map { 2 * minute + $0 })
        #expect(memory.incompleteUntil == 0 && memory.unreadableUntil == 0)
        #expect(budget.cleanBytes <= 3000)
        #expect(try values(store, 5, 2 * minute + 1).count == 7)
        try put(store, (10..<60).map { 2 * minute + $0 })
        #expect(memory.incompleteUntil == 1)
        #expect(budget.cleanBytes <= 3000)
        #expect(try values(store, 2 * minute, 3 * minute).count == 60)
        try store.close()
    }

    @Test func `a restored store asks RocksDB until it has read what was restored`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0))
        let store = try open(fixture)
        try put(store, [1, 2 * minute])
        let changes = fixture.takeLogged()
        try store.wipe()
        for change in changes {
            try change.key.withUnsafeBytes { key in
                try change.value?.withUnsafeBytes {
                    try store.restore(key: key, value: $0, timestamp: change.timestamp, offset: 0)
                }
            }
        }
        try store.finishRestore(2)
        let memory = try #require(store.segments.layer.memory)
        #expect(memory.incompleteUntil == 1)
        #expect(try values(store, 0, 2 * minute) == ["v1", "v120000"])
        #expect(memory.incompleteUntil == -1)
        try store.close()
    }

    @Test func `a chain holds a key's entries in the order of time whatever order they come in`() throws {
        for seed in 0..<5 as Range<UInt64> {
            var random = StoreTestGenerator(seed: seed)
            let store = try open(StoreFixture())
            let times = (0..<200).map { _ in Int64.random(in: 0..<90, using: &random) }
            for time in times { try store.put("k", "v\(time)", at: Timestamp(time)) }
            #expect(try values(store, 10, 80) == times.filter { (10...80).contains($0) }.sorted().map { "v\($0)" })
            try store.close()
        }
    }
}
