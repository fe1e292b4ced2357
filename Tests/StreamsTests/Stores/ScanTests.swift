import Records
import Testing

@testable import Streams

/// Scans that one kind of store has and others do not.
@Suite struct ScanTests {
    @Test(arguments: [Stores.Storage.disk, .memory])
    func `sessions are found by ranges of keys and of ends, forward and backward`(storage: Stores.Storage) throws {
        let fixture = StoreFixture()
        let store = Stores.sessionStore("s", .string, .int64, retention: .seconds(600), in: storage).makeStore()
        try store.open(fixture)
        defer { closing(store) }
        let sessions: [(String, Int64, Int64)] = [("a", 10, 20), ("b", 15, 30), ("c", 40, 50)]
        for (key, start, end) in sessions {
            try store.put(Windowed(key, Window(start: Timestamp(start), end: Timestamp(end))), end)
        }
        func keys(_ found: KeyValueIterator<Windowed<String>, Int64>) throws -> [String] {
            try found.rest().map(\.key.key)
        }
        #expect(try keys(store.findSessions(keysFrom: "a", to: "b")) == ["a", "b"])
        #expect(try keys(store.backwardFindSessions(keysFrom: nil, to: nil)) == ["c", "b", "a"])
        #expect(try keys(store.backwardFindSessions(keysFrom: nil, to: nil, earliestEnd: 30, latestStart: 20)) == ["b"])
        #expect(try keys(store.findSessions(earliestEnd: 20, latestEnd: 30)) == ["a", "b"])
        #expect(try store.fetchSession("c", start: 40, end: 50) == 50)
    }

    @Test func `versions of a span of time come earliest first, with the time until which they count`() throws {
        let fixture = StoreFixture()
        let store = Stores.versionedKeyValueStore("v", .string, .int64, history: .milliseconds(100)).makeStore()
        try store.open(fixture)
        defer { closing(store) }
        for (value, time) in [(1, 10), (2, 20), (nil, 30), (4, 40)] as [(Int64?, Int64)] {
            try store.put("k", value, at: Timestamp(time))
        }
        func versions(_ from: Int64, _ to: Int64) throws -> [String] {
            try store.versions(of: "k", from: Timestamp(from), to: Timestamp(to)).map {
                "\($0.value)@\($0.timestamp)-\($0.validTo.map { "\($0)" } ?? "")"
            }
        }
        #expect(try versions(0, 100) == ["1@10-20", "2@20-30", "4@40-"])
        #expect(try versions(20, 20) == ["2@20-30"])
        #expect(try versions(19, 20) == ["1@10-20", "2@20-30"])
        #expect(try versions(30, 39) == [])
        #expect(try versions(9, 1) == [])
        try store.put("k", 5, at: 125)
        #expect(try versions(0, 200) == ["2@20-30", "4@40-125", "5@125-"], "what counted before 25 only is forgotten")
    }
}
