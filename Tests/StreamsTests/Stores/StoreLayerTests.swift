import Records
import RocksDB
import Testing

@testable import Streams

@Suite struct StoreLayerTests {
    typealias Forwarded = (key: String, new: Int64?, old: Int64?, timestamp: Timestamp)

    @Test func `a timestamped value has its time before it in the store and beside it in the changelog`() throws {
        let fixture = StoreFixture()
        let store = Stores.timestampedKeyValueStore("counts", String.self, Int64.self).makeStore()
        try store.open(fixture)
        fixture.at(99)
        try store.put("han", ValueAndTimestamp(2, 0x0102))
        try store.put("choi", nil)
        #expect(
            fixture.takeLogged() == [
                .init(key: Bytes(utf8: "han"), value: [0, 0, 0, 0, 0, 0, 0, 2], timestamp: 0x0102),
                .init(key: Bytes(utf8: "choi"), value: nil, timestamp: 99),
            ]
        )
        try store.flush()
        try store.commit(7)
        try store.close()
        let database = try RocksDatabase(
            path: fixture.taskDirectory + "/rocksdb/counts",
            families: ["keyValueWithTimestamp", "offsets"]
        )
        defer { database.close() }
        #expect(
            try database.value("han", in: database.families[0])
                == [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 2]
        )
        #expect(
            try database.value("app-counts-changelog-0", in: database.families[1]) == [0, 0, 0, 0, 0, 0, 0, 7]
        )
        #expect(try database.value("status", in: database.families[1]) == [0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [Stores.Storage.disk, .memory])
    func `a flush forwards the newest value of each key, those changed longest ago first`(
        storage: Stores.Storage
    ) throws {
        let fixture = StoreFixture(budget: CacheBudget())
        let store = Stores.keyValueStore("s", String.self, Int64.self, in: storage, isCached: true).makeStore()
        try store.open(fixture)
        var forwarded: [Forwarded] = []
        var contexts: [ProcessorRecordContext] = []
        #expect(
            store.setFlushListener(sendsOldValues: true) {
                forwarded.append(($0, $1, $2, $3))
                contexts.append(fixture.recordContext)
            }
        )
        for (offset, key) in ["a", "b", "c", "a"].enumerated() {
            fixture.at(Int64(10 + offset), offset: Int64(offset), headers: [Header(key: key, value: nil)])
            try store.put(key, Int64(offset))
        }
        fixture.at(50)
        #expect(fixture.takeLogged().isEmpty)
        try store.flush()
        #expect(forwarded.map(\.key) == ["b", "c", "a"])
        #expect(forwarded.map(\.new) == [1, 2, 3])
        #expect(forwarded.map(\.old) == [nil, nil, nil])
        #expect(forwarded.map(\.timestamp) == [11, 12, 13])
        #expect(contexts.map(\.offset) == [1, 2, 3])
        #expect(contexts.map { $0.headers.map(\.key) } == [["b"], ["c"], ["a"]])
        #expect(fixture.recordContext.timestamp == 50)
        #expect(fixture.takeLogged().map(\.timestamp) == [11, 12, 13])

        // Old values are those of the last flush, whether it was committed or not.
        forwarded = []
        try store.commit(3)
        try store.put("b", 7)
        try store.put("b", 8)
        try store.put("c", nil)
        try store.flush()
        #expect(forwarded.map(\.new) == [8, nil])
        #expect(forwarded.map(\.old) == [1, 2])
        forwarded = []
        try store.put("b", 9)
        try store.flush()
        #expect(forwarded.map(\.old) == [8])
        try store.close()
    }

    @Test(arguments: [Stores.Storage.disk, .memory])
    func `a key that came and went between two flushes is neither logged nor forwarded`(storage: Stores.Storage) throws
    {
        let fixture = StoreFixture(budget: CacheBudget())
        let store = Stores.keyValueStore("s", String.self, Int64.self, in: storage, isCached: true).makeStore()
        try store.open(fixture)
        var forwarded: [Forwarded] = []
        _ = store.setFlushListener(sendsOldValues: false) { forwarded.append(($0, $1, $2, $3)) }
        try store.put("a", 1)
        try store.delete("a")
        try store.put("never", nil)
        try store.flush()
        #expect(forwarded.isEmpty)
        #expect(fixture.takeLogged().isEmpty)
        try store.close()
    }

    @Test func `an old value is read from disk when the key was written blindly`() throws {
        let fixture = StoreFixture(budget: CacheBudget())
        let builder = Stores.keyValueStore("s", String.self, Int64.self, isCached: true)
        var store = builder.makeStore()
        try store.open(fixture)
        try store.put("a", 1)
        try store.flush()
        try store.commit(1)
        try store.close()
        store = builder.makeStore()
        try store.open(fixture)
        var forwarded: [Forwarded] = []
        _ = store.setFlushListener(sendsOldValues: true) { forwarded.append(($0, $1, $2, $3)) }
        try store.put("a", nil)
        try store.put("b", nil)
        try store.flush()
        #expect(forwarded.map(\.key) == ["a"])
        #expect(forwarded.map(\.old) == [1])
        try store.close()
    }

    @Test func `a listener may change the store, and each change comes out with its own values`() throws {
        let fixture = StoreFixture(budget: CacheBudget())
        let store = Stores.keyValueStore("s", String.self, Int64.self, isCached: true).makeStore()
        try store.open(fixture)
        var forwarded: [Forwarded] = []
        _ = store.setFlushListener(sendsOldValues: true) { key, new, old, timestamp in
            forwarded.append((key, new, old, timestamp))
            if key == "a", new == 1 { try store.put("b", 20) }
        }
        try store.put("a", 1)
        try store.put("b", 2)
        try store.flush()
        #expect(forwarded.map(\.key) == ["a", "b", "b"])
        #expect(forwarded.map(\.new) == [1, 2, 20])
        #expect(forwarded.map(\.old) == [nil, nil, 2])
        try store.commit(nil)
        #expect(try store.get("b") == 20)
        try store.close()
    }

    @Test func `beyond the cache's limit changes are forwarded without a commit`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 400))
        let store = Stores.keyValueStore("s", Int32.self, Int64.self, isCached: true).makeStore()
        try store.open(fixture)
        var keys: [Int32] = []
        _ = store.setFlushListener(sendsOldValues: false) { key, _, _, _ in keys.append(key) }
        for key in 0..<20 as Range<Int32> { try store.put(key, 1) }
        #expect(keys.count > 10 && keys.count <= 20)
        #expect(keys == Array(0..<Int32(keys.count)))
        #expect(fixture.cacheBudget.dirtyBytes <= 400)
        try store.close()
    }

    @Test func `with a cache of no bytes changes are logged at once, and there is no flush listener`() throws {
        let fixture = StoreFixture()
        let store = Stores.keyValueStore("s", String.self, Int64.self, isCached: true).makeStore()
        try store.open(fixture)
        #expect(!store.setFlushListener(sendsOldValues: true) { _, _, _, _ in })
        try store.put("a", 1)
        #expect(fixture.takeLogged().count == 1)
        try store.close()
    }

    @Test func `too many uncommitted bytes ask for a commit`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0, uncommittedMaxBytes: 1000))
        let store = Stores.keyValueStore("s", Int32.self, Int64.self).makeStore()
        try store.open(fixture)
        for key in 0..<20 as Range<Int32> { try store.put(key, 1) }
        #expect(store.wantsCommit)
        #expect(fixture.cacheBudget.wantsCommit)
        try store.commit(20)
        #expect(!store.wantsCommit)
        try store.close()
    }

    @Test func `committing before flushing is refused and changes nothing`() throws {
        let fixture = StoreFixture(budget: CacheBudget())
        let store = Stores.keyValueStore("s", String.self, Int64.self, isCached: true).makeStore()
        try store.open(fixture)
        try store.put("a", 1)
        #expect(throws: ProcessorStateException.self) { try store.commit(1) }
        #expect(store.committedOffset == nil)
        #expect(try store.get("a") == 1)
        try store.close()
    }

    @Test func `a read between restored records loses none of them`() throws {
        let fixture = StoreFixture()
        let store = Stores.keyValueStore("s", String.self, Int64.self).makeStore()
        try store.open(fixture)
        for (offset, key) in ["b", "a", "c"].enumerated() {
            try Bytes(utf8: key).withUnsafeBytes { key in
                try withUnsafeBytes(of: Int64(offset).bigEndian) {
                    try store.restore(key: key, value: $0, timestamp: 40, offset: Offset(Int64(offset)))
                }
            }
            _ = try store.get("z")
        }
        try store.finishRestore(3)
        #expect(try store.all().rest().map(\.key) == ["a", "b", "c"])
        #expect(try store.get("b") == 0)
        try store.close()
    }

    @Test(arguments: [Stores.Storage.disk, .memory])
    func `a restored store holds what the changelog says last`(storage: Stores.Storage) throws {
        let fixture = StoreFixture()
        let store = Stores.timestampedKeyValueStore("s", String.self, Int64.self, in: storage).makeStore()
        try store.open(fixture)
        let records: [(String, Int64?)] = [("a", 1), ("b", 2), ("a", 3), ("b", nil)]
        for (offset, (key, value)) in records.enumerated() {
            let value = try value.map { try Serde<Int64>.int64.bytes(of: $0) } ?? nil
            try Bytes(utf8: key).withUnsafeBytes { key in
                if let value {
                    try value.withUnsafeBytes {
                        try store.restore(key: key, value: $0, timestamp: 40, offset: Offset(Int64(offset)))
                    }
                } else {
                    try store.restore(key: key, value: nil, timestamp: 40, offset: Offset(Int64(offset)))
                }
            }
        }
        try store.finishRestore(4)
        #expect(store.committedOffset == 4)
        #expect(try store.all().rest().map(\.key) == ["a"])
        #expect(try store.get("a") == ValueAndTimestamp(3, 40))
        #expect(try store.get("b") == nil)
        #expect(fixture.takeLogged().isEmpty)
        try store.close()
    }

    @Test func `an open range sees the keys of its beginning, and outlives a commit`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0, cleanMaxBytes: 0))
        let store = Stores.keyValueStore("s", String.self, Int64.self).makeStore()
        try store.open(fixture)
        for key in ["a", "c"] { try store.put(key, 1) }
        try store.commit(1)
        try store.put("b", 2)
        let range = try store.all()
        try store.put("aa", 9)
        #expect(try range.peekNextKey() == "a")
        #expect(try range.next()?.key == "a")
        try store.commit(2)
        #expect(try range.rest().map(\.key) == ["b", "c"])
        let late = try store.all()
        try store.close()
        #expect(throws: InvalidStateStoreException.self) { try late.next() }
    }

    @Test func `evicted entries are read again, and leave no gaps behind`() throws {
        let fixture = StoreFixture(budget: CacheBudget(maxBytes: 0, cleanMaxBytes: 0))
        let store = Stores.keyValueStore("s", Int32.self, Int64.self).makeStore()
        try store.open(fixture)
        for key in 0..<5000 as Range<Int32> { try store.put(key, Int64(key)) }
        #expect(store.layer.table.count == 5000)
        try store.commit(1)
        for key in 0..<5000 as Range<Int32> { #expect(try store.get(key) == Int64(key)) }
        #expect(store.layer.table.slotCount < 4096)
        #expect(fixture.cacheBudget.cleanBytes <= fixture.cacheBudget.cleanSlackBytes + 200)
        try store.put(7, 8)
        #expect(try store.range(from: 6, to: 8).rest().map(\.value) == [6, 8, 8])
        try store.close()
    }

    @Test func `a closed store refuses calls`() throws {
        let store = Stores.keyValueStore("s", String.self, Int64.self, in: .memory).makeStore()
        #expect(throws: InvalidStateStoreException.self) { try store.get("a") }
        #expect(throws: InvalidStateStoreException.self) { try store.put("a", 1) }
        #expect(throws: InvalidStateStoreException.self) { try store.all() }
        #expect(throws: InvalidStateStoreException.self) { try store.flush() }
    }

    @Test func `damaged files, another layout and an open database are told apart`() throws {
        let fixture = StoreFixture()
        let path = fixture.taskDirectory + "/rocksdb/s"
        try FolderTree.create(path)
        try StateFile.replace(path + "/CURRENT", with: "nonsense")
        let plain = Stores.keyValueStore("s", String.self, Int64.self)
        let damaged = #expect(throws: ProcessorStateException.self) { try plain.makeStore().open(fixture) }
        #expect(damaged?.message.contains(path) == true)
        #expect(damaged?.message.contains("Delete the folder") == true)
        try FolderTree.remove(path)
        let store = plain.makeStore()
        try store.open(fixture)
        let locked = #expect(throws: ProcessorStateException.self) { try plain.makeStore().open(fixture) }
        #expect(locked?.message.contains("open in another process") == true)
        try store.put("a", 1)
        try store.commit(1)
        try store.close()
        let timestamped = Stores.timestampedKeyValueStore("s", String.self, Int64.self)
        let other = #expect(throws: ProcessorStateException.self) { try timestamped.makeStore().open(fixture) }
        #expect(other?.message.contains("without timestamps") == true)
    }

    @Test func `wiping leaves nothing, and the store goes on`() throws {
        let fixture = StoreFixture()
        let store = Stores.keyValueStore("s", String.self, Int64.self).makeStore()
        try store.open(fixture)
        try store.put("a", 1)
        try store.commit(5)
        try store.wipe()
        #expect(store.committedOffset == nil)
        #expect(try store.get("a") == nil)
        try store.put("b", 2)
        #expect(try store.all().rest().map(\.key) == ["b"])
        try store.close()
    }
}

extension RocksDatabase {
    fileprivate func value(_ key: String, in family: RocksColumnFamily) throws -> [UInt8]? {
        try Array(key.utf8).withUnsafeBytes { try get($0, in: family) { [UInt8]($0) } }
    }
}
