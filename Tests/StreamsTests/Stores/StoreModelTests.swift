import Records
import RocksDB
import Testing

@testable import Streams

/// Random runs of a store beside a dictionary, with commits and crashes.
@Suite struct StoreModelTests {
    enum Cache: CaseIterable {
        case none, tiny, large

        var budget: CacheBudget {
            let budget =
                switch self {
                case .none: CacheBudget(maxBytes: 0, uncommittedMaxBytes: 4096, cleanMaxBytes: 0)
                case .tiny: CacheBudget(maxBytes: 600, uncommittedMaxBytes: 4096, cleanMaxBytes: 1000)
                case .large: CacheBudget()
                }
            budget.cleanSlackBytes = 0
            if case .tiny = self { budget.maxLag = 20 }
            return budget
        }
    }

    @Test(arguments: Cache.allCases, [Stores.Storage.disk, .memory, Notebook.storage])
    func `a store does what a sorted dictionary does, and a crash leaves what the changelog makes the last commit`(
        cache: Cache,
        storage: Stores.Storage
    ) throws {
        for seed in [1, 2] as [UInt64] {
            var run = try StoreRun(seed: seed, cache: cache, storage: storage)
            do {
                try run.play(steps: 800)
            } catch {
                Issue.record("seed \(seed), \(cache), \(storage): \(error)")
            }
        }
    }
}

private struct Difference: Error, CustomStringConvertible {
    let description: String
}

/// One random run: the store, the dictionary of what readers must see, and the one of the last commit.
private struct StoreRun {
    var random: StoreTestGenerator
    let storage: Stores.Storage
    let fixture: StoreFixture
    let builder: StoreBuilder<KeyValueStore<Bytes, Bytes>>
    var store: KeyValueStore<Bytes, Bytes>
    var current: [Bytes: Bytes] = [:]
    var committed: [Bytes: Bytes] = [:]
    var logged: [Bytes: Bytes] = [:]
    /// The changelog, and how many records of it the last commit stands for.
    var history: [StoreFixture.LoggedChange] = []
    var committedCount = 0
    var step = 0

    init(seed: UInt64, cache: StoreModelTests.Cache, storage: Stores.Storage) throws {
        random = StoreTestGenerator(seed: seed)
        self.storage = storage
        fixture = StoreFixture(budget: cache.budget)
        builder = Stores.keyValueStore("model", .bytes, .bytes, in: storage, isCached: true)
        store = builder.makeStore()
        try store.open(fixture)
    }

    mutating func play(steps: Int) throws {
        for step in 0..<steps {
            self.step = step
            fixture.at(Int64(step))
            try perform(Int.random(in: 0..<100, using: &random))
            takeLogged()
        }
        try store.close()
        try expect(fixture.cacheBudget.dirtyBytes, 0, "dirty bytes after close")
        try expect(fixture.cacheBudget.uncommittedBytes, 0, "uncommitted bytes after close")
        try expect(fixture.cacheBudget.cleanBytes, 0, "clean bytes after close")
    }

    private mutating func perform(_ choice: Int) throws {
        switch choice {
        case 0..<25:
            let (key, value) = (key(), value())
            try store.put(key, value)
            current[key] = value
        case 25..<35:
            let key = key()
            try store.put(key, nil)
            current[key] = nil
        case 35..<40:
            let key = key()
            try expect(store.delete(key), current.removeValue(forKey: key), "delete \(key)")
        case 40..<48:
            let (key, value) = (key(), value())
            try expect(store.putIfAbsent(key, value), current[key], "putIfAbsent \(key)")
            current[key] = current[key] ?? value
        case 48..<60:
            let (key, value) = (key(), Bool.random(using: &random) ? value() : nil)
            let before = current[key]
            try store.update(key) { old in
                try expect(old, before, "update \(key)")
                return value
            }
            current[key] = value
        case 60..<75:
            let key = key()
            try expect(store.get(key), current[key], "get \(key)")
        case 75..<90:
            try range()
        case 90..<97:
            try commit()
        default:
            try crash()
        }
    }

    private mutating func key() -> Bytes {
        let alphabet: [UInt8] = [0, 1, 0x61, 0x62, 0xFF]
        let count = Int.random(in: 0...3, using: &random)
        let short = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        return Bytes(Bool.random(using: &random) ? short : Array("long prefix ".utf8) + short)
    }

    private mutating func value() -> Bytes {
        Bytes((0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private mutating func range() throws {
        let from = Bool.random(using: &random) ? key() : nil
        let to = Bool.random(using: &random) ? key() : nil
        let expected = current.filter { entry in
            (from.map { $0 <= entry.key } ?? true) && (to.map { entry.key <= $0 } ?? true)
        }.sorted { $0.key < $1.key }
        try expect(
            store.range(from: from, to: to).rest(),
            expected,
            "range \(String(describing: from)) to \(String(describing: to))"
        )
        try expect(
            store.reverseRange(from: from, to: to).rest(),
            expected.reversed(),
            "reverse range \(String(describing: from)) to \(String(describing: to))"
        )
        let prefix = key()
        let prefixed = current.filter { $0.key.starts(with: prefix) }.sorted { $0.key < $1.key }
        try expect(store.prefixScan(prefix).rest(), prefixed, "prefix \(prefix)")
    }

    private mutating func commit() throws {
        try store.flush()
        takeLogged()
        try expect(logged.sorted { $0.key < $1.key }, current.sorted { $0.key < $1.key }, "changelog")
        try expect(fixture.cacheBudget.dirtyBytes, 0, "dirty bytes after flush")
        committedCount = history.count
        try store.commit(Offset(Int64(committedCount)))
        let budget = fixture.cacheBudget
        try expect(budget.uncommittedBytes <= budget.uncommittedMaxBytes / 2, true, "unwritten bytes after commit")
        committed = current
    }

    private mutating func takeLogged() {
        for change in fixture.takeLogged() {
            logged[change.key] = change.value
            history.append(change)
        }
    }

    private mutating func crash() throws {
        try store.close()
        _ = fixture.takeLogged()
        history.removeLast(history.count - committedCount)
        store = builder.makeStore()
        try store.open(fixture)
        // What was not written comes back from the changelog as it was at the last commit.
        let written = Int(store.committedOffset?.rawValue ?? 0)
        try expect(storage.isOnDisk ? written <= committedCount : written == 0, true, "offset after a crash")
        for change in history[written...] { try restore(change.key, change.value) }
        try store.finishRestore(Offset(Int64(committedCount)))
        (current, logged) = (committed, committed)
        try expect(store.all().rest(), committed.sorted { $0.key < $1.key }, "content after a crash")
    }

    private func restore(_ key: Bytes, _ value: Bytes?) throws {
        try key.withUnsafeBytes { key in
            guard let value else { return try store.restore(key: key, value: nil, timestamp: 0, offset: 0) }
            try value.withUnsafeBytes { value in
                try store.restore(key: key, value: value, timestamp: 0, offset: 0)
            }
        }
    }

    private func expect<T: Equatable>(_ actual: T, _ expected: T, _ what: String) throws {
        guard actual != expected else { return }
        throw Difference(description: "step \(step): \(what) gives \(actual), not \(expected)")
    }

    private func expect(
        _ actual: [(key: Bytes, value: Bytes)],
        _ expected: [(key: Bytes, value: Bytes)],
        _ what: String
    ) throws {
        guard !actual.elementsEqual(expected, by: ==) else { return }
        throw Difference(description: "step \(step): \(what) gives \(actual), not \(expected)")
    }
}
