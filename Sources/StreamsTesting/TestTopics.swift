import Records
import Streams

/// What typed topics need of a driver.
public protocol TopicDriver: AnyObject {
    /// Pipes a record of raw bytes into a topic. Without a partition it is the one that the key belongs to.
    func pipe(
        _ topic: TopicName,
        partition: PartitionIndex?,
        key: Bytes?,
        value: Bytes?,
        at timestamp: Timestamp,
        headers: [Header]
    ) throws

    /// Takes the oldest record of a topic that was not taken yet; nil when there is none.
    func readRecord(_ topic: TopicName) -> ProducedRecord?

    /// How many records of a topic were not taken yet.
    func queueSize(of topic: TopicName) -> Int
}

extension TopicDriver {
    /// A topic to pipe typed records into. The first record that is given no time has that of `start`, each next one is
    /// later by `step`.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// let clicks = driver.inputTopic("clicks", String.self, String.self, startingAt: 1_000, advancingBy: .seconds(1))
    /// try clicks.pipe("han", "/home")
    /// ```
    public func inputTopic<Key: SerdeProviding, Value: SerdeProviding>(
        _ name: TopicName,
        _ key: Key.Type,
        _ value: Value.Type,
        startingAt start: Timestamp = 0,
        advancingBy step: Duration = .zero
    ) -> TestInputTopic<Key, Value> {
        TestInputTopic(
            driver: self,
            name: name,
            key: Key.serde,
            value: Value.serde,
            startingAt: start,
            advancingBy: step
        )
    }

    /// A topic to read typed records from.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// let visits = driver.outputTopic("visits", String.self, Int64.self)
    /// #expect(try visits.readTable() == ["han": 1])
    /// ```
    public func outputTopic<Key: SerdeProviding, Value: SerdeProviding>(
        _ name: TopicName,
        _ key: Key.Type,
        _ value: Value.Type
    ) -> TestOutputTopic<Key, Value> {
        TestOutputTopic(driver: self, name: name, key: Key.serde, value: Value.serde)
    }

    /// A topic to pipe typed records into, with serdes of one's own.
    public func inputTopic<Key, Value>(
        _ name: TopicName,
        key: Serde<Key>,
        value: Serde<Value>,
        startingAt start: Timestamp = 0,
        advancingBy step: Duration = .zero
    ) -> TestInputTopic<Key, Value> {
        TestInputTopic(driver: self, name: name, key: key, value: value, startingAt: start, advancingBy: step)
    }

    /// A topic to read typed records from, with serdes of one's own.
    public func outputTopic<Key, Value>(
        _ name: TopicName,
        key: Serde<Key>,
        value: Serde<Value>
    ) -> TestOutputTopic<Key, Value> {
        TestOutputTopic(driver: self, name: name, key: key, value: value)
    }
}

/// A topic of a driver to pipe typed records into.
public final class TestInputTopic<Key, Value> {
    /// The topic's name.
    public let name: TopicName
    private let driver: any TopicDriver
    private let key: Serde<Key>
    private let value: Serde<Value>
    private var time: Timestamp
    private let stepMs: Int64

    /// A topic of the driver, with serdes of one's own. The first record that is given no time has that of `start`,
    /// each next one is later by `step`.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// let bids = TestInputTopic(driver: driver, name: "bids", key: .string, value: .int64, advancingBy: .seconds(1))
    /// ```
    public init(
        driver: any TopicDriver,
        name: TopicName,
        key: Serde<Key>,
        value: Serde<Value>,
        startingAt start: Timestamp = 0,
        advancingBy step: Duration = .zero
    ) {
        self.driver = driver
        self.name = name
        self.key = key
        self.value = value
        time = start
        stepMs = step.components.seconds * 1000 + step.components.attoseconds / 1_000_000_000_000_000
    }

    /// Pipes a record, and processes all that follows; nil is null. Without a partition
    /// it is the one that the key belongs to.
    ///
    /// ```swift
    /// let driver = try TopologyTestDriver(topology)
    /// let addresses = driver.inputTopic("addresses", String.self, String.self)
    /// try addresses.pipe("han", "Seoul", at: 1_000)
    /// try addresses.pipe("han", nil, at: 2_000)
    /// ```
    public func pipe(
        _ key: Key?,
        _ value: Value?,
        at timestamp: Timestamp? = nil,
        partition: PartitionIndex? = nil,
        headers: [Header] = []
    ) throws {
        let at = timestamp ?? time
        if timestamp == nil { time = Timestamp(time.rawValue + stepMs) }
        try driver.pipe(
            name,
            partition: partition,
            key: key.flatMap { try self.key.bytes(of: $0) },
            value: value.flatMap { try self.value.bytes(of: $0) },
            at: at,
            headers: headers
        )
    }

    /// Pipes records one after the other, each at the time that is its turn.
    public func pipe(_ records: [(Key?, Value?)]) throws {
        for (key, value) in records { try pipe(key, value) }
    }

    /// Moves the time of records that are given none.
    public func advanceTime(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        time = Timestamp(time.rawValue + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// A topic of a driver to read typed records from.
public final class TestOutputTopic<Key, Value> {
    /// The topic's name.
    public let name: TopicName
    private let driver: any TopicDriver
    private let key: Serde<Key>
    private let value: Serde<Value>

    /// A topic of the driver, with serdes of one's own.
    public init(driver: any TopicDriver, name: TopicName, key: Serde<Key>, value: Serde<Value>) {
        self.driver = driver
        self.name = name
        self.key = key
        self.value = value
    }

    /// Whether there is nothing to read.
    public var isEmpty: Bool { driver.queueSize(of: name) == 0 }

    /// Takes the oldest record; nil when there is none.
    public func readRecord() throws -> StreamRecord<Key, Value>? {
        guard let record = driver.readRecord(name) else { return nil }
        return StreamRecord(
            key: try record.key.map { try key.value(of: $0) },
            value: try record.value.map { try value.value(of: $0) },
            timestamp: record.timestamp,
            headers: record.headers
        )
    }

    /// Takes all records.
    public func readRecords() throws -> [StreamRecord<Key, Value>] {
        var records: [StreamRecord<Key, Value>] = []
        while let record = try readRecord() { records.append(record) }
        return records
    }

    /// Takes all records, and gives their values.
    public func readValues() throws -> [Value?] { try readRecords().map(\.value) }

    /// Takes all records, and gives their keys and values.
    public func readKeyValues() throws -> [(key: Key?, value: Value?)] {
        try readRecords().map { ($0.key, $0.value) }
    }

    /// Takes all records, and gives the latest value of each key; records with a null key or value are left out.
    public func readTable() throws -> [Key: Value] where Key: Hashable {
        var table: [Key: Value] = [:]
        for record in try readRecords() {
            guard let key = record.key else { continue }
            table[key] = record.value
        }
        return table
    }
}
