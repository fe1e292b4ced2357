import Records
import Streams
import StreamsTesting
import Testing

/// A store that the application brings: the highest value of each key, in memory, with a changelog.
final class HighScores: StateStore {
    let name: String
    let isPersistent = false
    private(set) var scores: [String: Int64] = [:]
    private(set) var committedOffset: Offset?
    private var context: (any StateStoreContext)?
    private var changelog: StoreChangelog?

    init(_ name: String) { self.name = name }

    var isOpen: Bool { context != nil }

    func open(_ context: any StateStoreContext) {
        self.context = context
        changelog = context.changelog(of: name)
    }

    func record(_ player: String, _ score: Int64) throws -> Bool {
        guard score > scores[player] ?? .min else { return false }
        scores[player] = score
        let (key, value) = (try String.serde.bytes(of: player) ?? [], try Int64.serde.bytes(of: score) ?? [])
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { try changelog?.log(key, $0, context?.timestamp ?? .none) }
        }
        return true
    }

    func flush() {}
    func commit(_ changelogOffset: Offset?) { committedOffset = changelogOffset }

    func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        scores[try String.serde.deserialize(key)] = try value.map { try Int64.serde.deserialize($0) }
    }

    func finishRestore(_ nextOffset: Offset) { committedOffset = nextOffset }
    func wipe() { scores = [:] }
    func close() { context = nil }
}

/// Forwards a score that is its player's highest so far.
final class HighScoreKeeper: Processor {
    private var context: ProcessorContext<String, Int64>?
    private var scores: HighScores?

    static let store = StoreBuilder(name: "scores", isPersistent: false) { HighScores("scores") }

    func start(_ context: ProcessorContext<String, Int64>) throws {
        self.context = context
        scores = try context.store("scores")
    }

    func process(_ record: StreamRecord<String, Int64>) throws {
        guard let player = record.key, let score = record.value else { return }
        if try scores?.record(player, score) == true { try context?.forward(record) }
    }
}

@Suite struct OwnStoreTests {
    @Test func `a store of one's own is made for the task, logs its changes, and can be looked into`() throws {
        let builder = StreamsBuilder()
        builder.stream("games", String.self, Int64.self)
            .process(adding: [HighScoreKeeper.store]) { HighScoreKeeper() }.to("records")
        let driver = try TopologyTestDriver(try builder.build())
        defer { closing(driver) }
        let games = driver.inputTopic("games", String.self, Int64.self)
        for (number, score) in [3, 1, 5].enumerated() {
            try games.pipe("han", Int64(score), at: Timestamp(Int64(number)))
        }
        #expect(try driver.outputTopic("records", String.self, Int64.self).readValues() == [3, 5])
        #expect(try driver.store("scores", as: HighScores.self).scores == ["han": 5])
        #expect(driver.internalRecords.map(\.topic) == ["app-scores-changelog", "app-scores-changelog"])
        #expect(driver.internalRecords.map(\.timestamp) == [0, 2])
    }
}
