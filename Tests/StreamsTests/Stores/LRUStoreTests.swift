import Records
import Testing

@testable import Streams

@Suite struct LRUStoreTests {
    private func open(_ fixture: StoreFixture, _ count: Int) throws -> KeyValueStore<String, Int64> {
        let store = Stores.lruMap("recent", String.self, Int64.self, maxEntryCount: count).makeStore()
        try store.open(fixture)
        return store
    }

    private func content(_ store: KeyValueStore<String, Int64>) throws -> [String] {
        try store.all().rest().map { "\($0.key)=\($0.value)" }
    }

    @Test func `the key that was not used for longest goes first, and its removal is logged before the change`() throws
    {
        let fixture = StoreFixture()
        let store = try open(fixture, 2)
        fixture.at(7)
        try store.put("a", 1)
        try store.put("b", 2)
        #expect(try store.get("a") == 1)
        try store.put("c", 3)
        #expect(try content(store) == ["a=1", "c=3"])
        #expect(fixture.logged.map { "\($0.key.count) \($0.value == nil) \($0.timestamp)" }.count == 4)
        #expect(fixture.takeLogged().suffix(2).map(\.key) == [Bytes(utf8: "b"), Bytes(utf8: "c")])
        #expect(try store.delete("a") == 1)
        #expect(try store.delete("a") == nil)
        #expect(store.approximateEntryCount == 1)
    }

    @Test func `ranges and prefixes come in the order of keys, and use nothing`() throws {
        let store = try open(StoreFixture(), 3)
        for (key, value) in [("b1", 1), ("a", 2), ("b2", 3)] as [(String, Int64)] { try store.put(key, value) }
        #expect(try store.range(from: "a", to: "b1").rest().map(\.key) == ["a", "b1"])
        #expect(try store.reverseRange(from: "b", to: nil).rest().map(\.key) == ["b2", "b1"])
        #expect(try store.prefixScan("b").rest().map(\.key) == ["b1", "b2"])
        try store.put("c", 4)
        #expect(try content(store) == ["a=2", "b2=3", "c=4"])
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `it is a list of the keys used last, and its changelog rebuilds what is in it`(seed: UInt64) throws {
        var random = StoreTestGenerator(seed: seed)
        let fixture = StoreFixture()
        let limit = Int.random(in: 1...6, using: &random)
        let store = try open(fixture, limit)
        var model: [(key: String, value: Int64)] = []  // the one used last stands last
        for step in 0..<400 {
            let key = "k\(Int.random(in: 0..<9, using: &random))"
            let old = model.first { $0.key == key }
            model.removeAll { $0.key == key }
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                #expect(try store.get(key) == old?.value, "seed \(seed), step \(step)")
                if let old { model.append(old) }
            case 1:
                #expect(try store.delete(key) == old?.value, "seed \(seed), step \(step)")
            case 2:
                #expect(try store.putIfAbsent(key, Int64(step)) == old?.value, "seed \(seed), step \(step)")
                model.append(old ?? (key, Int64(step)))
            default:
                try store.put(key, Int64(step))
                model.append((key, Int64(step)))
            }
            if model.count > limit { model.removeFirst() }
            #expect(
                try content(store) == model.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
                "seed \(seed), step \(step)"
            )
        }
        let restored = try open(StoreFixture(), limit)
        for change in fixture.takeLogged() {
            try change.key.withUnsafeBytes { key in
                guard let value = change.value else {
                    return try restored.restore(key: key, value: nil, timestamp: 0, offset: 0)
                }
                try value.withUnsafeBytes { try restored.restore(key: key, value: $0, timestamp: 0, offset: 0) }
            }
        }
        #expect(try content(restored) == content(store), "seed \(seed)")
    }

    @Test func `a closed store refuses`() throws {
        let store = try open(StoreFixture(), 1)
        try store.close()
        #expect(throws: InvalidStateStoreException.self) { try store.put("a", 1) }
    }
}
