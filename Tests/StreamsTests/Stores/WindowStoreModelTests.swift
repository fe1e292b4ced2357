import Records
import Testing

@testable import Streams

/// Window and session stores against plain dictionaries, in memory and on disk, across commits and restarts.
@Suite struct WindowStoreModelTests {
    /// Where content is, and how much memory there is for what is on disk.
    enum Place: CaseIterable {
        case memory, disk, diskWithLittleMemory, diskWithoutMemory, own

        var storage: Stores.Storage {
            switch self {
            case .memory: .memory
            case .disk, .diskWithLittleMemory, .diskWithoutMemory: .disk
            case .own: Notebook.storage
            }
        }

        var fixture: StoreFixture {
            let cleanMaxBytes =
                switch self {
                case .memory, .disk, .own: 64 << 20
                case .diskWithLittleMemory: 8_000
                case .diskWithoutMemory: 0
                }
            let budget = CacheBudget(maxBytes: 0, cleanMaxBytes: cleanMaxBytes)
            budget.cleanSlackBytes = 0
            return StoreFixture(budget: budget)
        }
    }

    private struct Row: Hashable {
        let key: String
        let start: Int64
    }

    @Test(arguments: 0..<3 as Range<UInt64>, Place.allCases)
    func `a window store finds what a dictionary has`(seed: UInt64, place: Place) throws {
        var random = StoreTestGenerator(seed: seed)
        let fixture = place.fixture
        let storage = place.storage
        let builder = Stores.windowStore(
            "w",
            .string,
            .string,
            windowSize: .seconds(10),
            retention: .seconds(300),
            in: storage
        )
        var store = builder.makeStore()
        try store.open(fixture)
        var model: [Row: String] = [:]
        var (now, observed): (Int64, Int64) = (0, -1)
        for step in 0..<600 {
            now += Int64.random(in: 0...4000, using: &random)
            let start = max(0, now - Int64.random(in: 0...100_000, using: &random))
            let key = ["a", "ab", "b", "b\0", ""][Int.random(in: 0..<5, using: &random)]
            let value = Int.random(in: 0..<5, using: &random) == 0 ? nil : "\(step)"
            fixture.at(now)
            try store.put(key, value, at: Timestamp(start))
            observed = max(observed, start)
            model[Row(key: key, start: start)] = value
            model = model.filter { $0.key.start > observed - 300_000 }
            if step % 50 == 49 {
                try store.flush()
                try store.commit(Offset(Int64(step)))
                if storage.isOnDisk, step % 100 == 99 {
                    try store.close()
                    store = builder.makeStore()
                    try store.open(fixture)
                    observed = -1
                    // What a store that was opened anew takes for the highest time may be less than it was.
                    model = model.filter { $0.key.start > now - 200_000 }
                    try store.put("", "x", at: Timestamp(now))
                    model[Row(key: "", start: now)] = "x"
                    observed = now
                }
            }
            let from = max(0, now - 190_000)
            let to = now - Int64.random(in: 0...50_000, using: &random)
            let wanted = model.filter { $0.key.key == key && $0.key.start >= from && $0.key.start <= to }
                .sorted { $0.key.start < $1.key.start }
            let found = try store.fetch(key, from: Timestamp(from), to: Timestamp(to)).rest()
            #expect(found.map(\.key.rawValue) == wanted.map(\.key.start), "seed \(seed), step \(step)")
            #expect(found.map(\.value) == wanted.map(\.value), "seed \(seed), step \(step)")
            let backward = try store.backwardFetch(key, from: Timestamp(from), to: Timestamp(to)).rest()
            #expect(backward.map(\.value) == wanted.map(\.value).reversed(), "seed \(seed), step \(step)")
            #expect(try store.fetch(key, at: Timestamp(start)) == model[Row(key: key, start: start)])
            if step % 20 == 0 {
                let all = try store.fetchAll(from: Timestamp(from), to: Timestamp(now)).rest()
                let wantedAll = model.filter { $0.key.start >= from && $0.key.start <= now }
                #expect(Set(all.map(\.value)) == Set(wantedAll.values), "seed \(seed), step \(step)")
                #expect(all.count == wantedAll.count, "seed \(seed), step \(step)")
            }
        }
        try store.close()
        #expect(fixture.cacheBudget.cleanBytes == 0)
    }

    @Test(arguments: 0..<3 as Range<UInt64>, Place.allCases)
    func `a session store finds what a dictionary has`(seed: UInt64, place: Place) throws {
        var random = StoreTestGenerator(seed: seed)
        let fixture = place.fixture
        let builder = Stores.sessionStore("s", .string, .int64, retention: .seconds(300), in: place.storage)
        let store = builder.makeStore()
        try store.open(fixture)
        var model: [Windowed<String>: Int64] = [:]
        var (now, observed): (Int64, Int64) = (0, -1)
        for step in 0..<400 {
            now += Int64.random(in: 0...4000, using: &random)
            let end = max(0, now - Int64.random(in: 0...60_000, using: &random))
            let start = max(0, end - Int64.random(in: 0...30_000, using: &random))
            let key = ["a", "ab", "b"][Int.random(in: 0..<3, using: &random)]
            let session = Windowed(key, Window(start: Timestamp(start), end: Timestamp(end)))
            let value = Int.random(in: 0..<6, using: &random) == 0 ? nil : Int64(step)
            fixture.at(now)
            try store.put(session, value)
            observed = max(observed, end)
            model[session] = value
            model = model.filter { $0.key.window.end.rawValue > observed - 300_000 }
            if step % 40 == 39 {
                try store.flush()
                try store.commit(Offset(Int64(step)))
            }
            let earliest = max(0, now - 100_000)
            let latest = now - 20_000
            let found = try store.findSessions(
                key,
                earliestEnd: Timestamp(earliest),
                latestStart: Timestamp(latest)
            ).rest()
            let wanted = model.filter {
                $0.key.key == key && $0.key.window.end.rawValue >= earliest && $0.key.window.start.rawValue <= latest
            }
            .sorted { ($0.key.window.end, $0.key.window.start) < ($1.key.window.end, $1.key.window.start) }
            #expect(found.map(\.key) == wanted.map(\.key), "seed \(seed), step \(step)")
            #expect(found.map(\.value) == wanted.map(\.value), "seed \(seed), step \(step)")
        }
        try store.close()
    }

    @Test(arguments: 0..<3 as Range<UInt64>)
    func `a versioned store answers for each moment of its history`(seed: UInt64) throws {
        var random = StoreTestGenerator(seed: seed)
        let fixture = StoreFixture()
        let builder = Stores.versionedKeyValueStore("v", .string, .int64, history: .seconds(60))
        let store = builder.makeStore()
        try store.open(fixture)
        var model: [String: [Int64: Int64?]] = [:]
        var (now, observed): (Int64, Int64) = (0, -1)
        for step in 0..<400 {
            now += Int64.random(in: 0...3000, using: &random)
            let time = max(0, now - (Bool.random(using: &random) ? 0 : Int64.random(in: 0...80_000, using: &random)))
            let key = ["a", "b"][Int.random(in: 0..<2, using: &random)]
            let value = Int.random(in: 0..<4, using: &random) == 0 ? nil : Int64(step)
            let result = try store.put(key, value, at: Timestamp(time))
            if time < observed - 60_000 {
                #expect(result == .expired)
            } else {
                observed = max(observed, time)
                let later = model[key, default: [:]].keys.filter { $0 > time }.min()
                let isKnown = later.map { $0 >= observed - 60_000 } ?? true
                if isKnown { #expect(result == later.map { .until(Timestamp($0)) } ?? .latest, "seed \(seed)") }
                model[key, default: [:]][time] = .some(value)
            }
            let asked = observed - Int64.random(in: 0...60_000, using: &random)
            let wanted = model[key, default: [:]].filter { $0.key <= asked }.max { $0.key < $1.key }?.value ?? nil
            #expect(try store.get(key, asOf: Timestamp(asked))?.value == wanted, "seed \(seed), step \(step)")
        }
        let changes = fixture.takeLogged()
        #expect(changes.count == 400)
        try store.close()
    }

    @Test func `the changelog has Kafka's keys, without the segment`() throws {
        let fixture = StoreFixture()
        let windows = Stores.windowStore(
            "w",
            .string,
            .string,
            windowSize: .seconds(1),
            retention: .seconds(10),
            retainsDuplicates: true,
            in: .memory
        ).makeStore()
        try windows.open(fixture)
        fixture.at(7)
        try windows.put("k", "v", at: 5)
        try windows.put("k", "w", at: 5)
        let start: [UInt8] = [0x6B, 0, 0, 0, 0, 0, 0, 0, 5]
        #expect(fixture.takeLogged().map(\.key) == [Bytes(start + [0, 0, 0, 1]), Bytes(start + [0, 0, 0, 2])])
        #expect(try windows.fetch("k", from: 0, to: 9).rest().map(\.value) == ["v", "w"])
        try windows.close()
    }

    @Test func `a restored window store has what was logged`() throws {
        let fixture = StoreFixture()
        let builder = Stores.timestampedWindowStore(
            "w",
            .string,
            .int64,
            windowSize: .seconds(1),
            retention: .seconds(100)
        )
        let store = builder.makeStore()
        try store.open(fixture)
        for number in 0..<50 {
            fixture.at(Int64(number) * 1000)
            try store.put("k\(number % 3)", ValueAndTimestamp(Int64(number), fixture.timestamp), at: fixture.timestamp)
        }
        let before = try store.all().rest()
        try store.close()
        let copy = StoreFixture()
        let restored = builder.makeStore()
        try restored.open(copy)
        for (offset, change) in fixture.takeLogged().enumerated() {
            try change.key.withUnsafeBytes { key in
                guard let value = change.value else { return }
                try value.withUnsafeBytes {
                    try restored.restore(
                        key: key,
                        value: $0,
                        timestamp: change.timestamp,
                        offset: Offset(Int64(offset))
                    )
                }
            }
        }
        try restored.finishRestore(50)
        let after = try restored.all().rest()
        #expect(after.map(\.key) == before.map(\.key))
        #expect(after.map(\.value) == before.map(\.value))
        try restored.close()
    }
}
