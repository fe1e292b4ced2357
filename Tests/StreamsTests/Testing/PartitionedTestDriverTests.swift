import Records
import Streams
import StreamsTesting
import Testing

/// The multi-partition driver: what moves between tasks, which instance has which, and what a crash does.
@Suite struct PartitionedTestDriverTests {
    private func wordCount() throws -> Topology {
        let builder = StreamsBuilder()
        builder.stream("lines", String.self, String.self)
            .flatMapValues { line in line.split(separator: " ").map { String($0) } }
            .groupBy { word in word }
            .count(materialized: .as("counts"))
            .toStream().to("out")
        return try builder.build()
    }

    private func closing(_ driver: PartitionedTestDriver) {
        do { try driver.close() } catch { Issue.record(error) }
    }

    @Test func `records come to the task that their new key belongs to`() throws {
        let driver = try PartitionedTestDriver(try wordCount(), partitions: 3, instances: 2)
        defer { closing(driver) }
        let lines = driver.inputTopic("lines", String.self, String.self)
        for (key, line) in [("1", "a b a c"), ("2", "b a d"), ("3", "e a")] { try lines.pipe(key, line) }
        let counts = try driver.outputTopic("out", String.self, Int64.self).readTable()
        #expect(counts == ["a": 4, "b": 2, "c": 1, "d": 1, "e": 1])
        let topic: TopicName = "app-counts-repartition"
        #expect(driver.partitionCount(of: topic) == 3)
        for index in 0..<3 as Range<Int32> {
            for record in driver.records(of: topic, PartitionIndex(index)) {
                #expect(record.key.map { PartitionIndex(forKey: $0, of: 3) } == PartitionIndex(index))
            }
        }
        let store = try driver.store(
            "counts",
            partition: PartitionIndex(forKey: Bytes(utf8: "a"), of: 3),
            as: TimestampedKeyValueStore<String, Int64>.self
        )
        #expect(try store.get("a")?.value == 4)
        #expect(driver.internalRecords.contains { $0.topic == "app-counts-changelog" })
    }

    @Test func `tasks are shared out, and move with their state`() throws {
        let driver = try PartitionedTestDriver(try wordCount(), partitions: 4)
        defer { closing(driver) }
        #expect(driver.assignment[0]?.count == 8)
        let lines = driver.inputTopic("lines", String.self, String.self)
        for number in 0..<20 { try lines.pipe("\(number)", "w\(number % 5)") }
        let second = try driver.addInstance()
        #expect(driver.assignment.values.map(\.count) == [4, 4])
        for number in 0..<20 { try lines.pipe("\(number)", "w\(number % 5)") }
        try driver.stopInstance(0)
        #expect(driver.instanceNumbers == [second])
        #expect(driver.assignment[second]?.count == 8)
        for number in 0..<10 { try lines.pipe("\(number)", "w\(number % 5)") }
        let counts = try driver.outputTopic("out", String.self, Int64.self).readTable()
        #expect(counts == ["w0": 10, "w1": 10, "w2": 10, "w3": 10, "w4": 10])
    }

    @Test func `what a crashed instance did since its commit is done again by another`() throws {
        let builder = StreamsBuilder()
        builder.table("in", String.self, String.self, materialized: .as("rows")).toStream().to("out")
        let driver = try PartitionedTestDriver(try builder.build(), partitions: 2, instances: 2)
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        for number in 0..<6 { try input.pipe("k\(number)", "old") }
        driver.runsAtOnce = false
        for number in 0..<6 { try input.pipe("k\(number)", "new") }
        for _ in 0..<4 { #expect(try driver.step()) }
        let sent = driver.queueSize(of: "out")
        try driver.crashInstance(0)
        try driver.run()
        #expect(driver.assignment == [1: [TaskID(subTopology: 0, partition: 0), TaskID(subTopology: 0, partition: 1)]])
        let out = driver.outputTopic("out", String.self, String.self)
        let records = try out.readRecords()
        #expect(sent == 10)
        #expect(records.count > 12, "nothing was done again")
        let rows = Dictionary(records.map { ($0.key ?? "", $0.value ?? "") }) { $1 }
        #expect(rows == Dictionary(uniqueKeysWithValues: (0..<6).map { ("k\($0)", "new") }))
    }

    @Test func `joined topics of different widths are refused with the operator and its line`() throws {
        let builder = StreamsBuilder()
        let table = builder.table("t", String.self, String.self)
        let line = #line + 1
        builder.stream("s", String.self, String.self).join(table) { (l: String, r: String) in l + r }.to("out")
        let topology = try builder.build()
        let error = #expect(throws: TopologyException.self) {
            try PartitionedTestDriver(topology, topics: ["t": 2], partitions: 3)
        }
        #expect(error?.problems.map(\.operatorName) == ["KSTREAM-JOIN-0000000004"])
        #expect(error?.problems.first?.callSite?.line == line)
        #expect(error?.problems.first?.message.contains("s has 3 partitions") == true)
    }

    @Test func `each instance has the global stores whole`() throws {
        let builder = StreamsBuilder()
        let rates = builder.globalTable("rates", String.self, String.self, materialized: .as("rates-store"))
        builder.stream("in", String.self, String.self)
            .join(rates, select: { key, _ in key }) { value, rate in "\(value)*\(rate)" }.to("out")
        let driver = try PartitionedTestDriver(try builder.build(), partitions: 2, instances: 2)
        defer { closing(driver) }
        for key in ["a", "b", "c"] { try driver.inputTopic("rates", String.self, String.self).pipe(key, "\(key)!") }
        for instance in driver.instanceNumbers + [try driver.addInstance()] {
            let store = try driver.globalStore(
                "rates-store",
                instance: instance,
                as: TimestampedKeyValueStore<String, String>.self
            )
            #expect(try store.all().rest().map(\.key) == ["a", "b", "c"])
        }
        for key in ["a", "b", "c"] { try driver.inputTopic("in", String.self, String.self).pipe(key, "1") }
        let values = try driver.outputTopic("out", String.self, String.self).readValues()
        #expect(Set(values) == ["1*a!", "1*b!", "1*c!"])
    }

    @Test func `dropped records are shown one by one`() throws {
        let driver = try PartitionedTestDriver(try wordCount(), partitions: 2)
        defer { closing(driver) }
        try driver.inputTopic("lines", String.self, String.self).pipe("a", nil, at: 7, partition: 1)
        #expect(driver.droppedRecords.map(\.count) == [1])
        let dropped = try #require(driver.dropLog.first)
        #expect(dropped.reason == .nullValue)
        #expect(dropped.metadata == RecordMetadata(topic: "lines", partition: 1, offset: 0))
        #expect(dropped.timestamp == 7)
        #expect(dropped.taskID == TaskID(subTopology: 0, partition: 1))
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `many partitions and instances that come and go end with the table of one`(seed: UInt64) throws {
        func topology() throws -> Topology {
            let builder = StreamsBuilder()
            let names = builder.table("names", String.self, String.self)
            builder.stream("events", String.self, String.self)
                .selectKey { value in String(value.prefix(2)) }
                .leftJoin(names) { (event: String, name: String?) in "\(name ?? "-")" }
                .groupByKey().aggregate(initial: "", materialized: .with(.string, .string)) { $2 + $1 }
                .toStream().to("out")
            return try builder.build()
        }
        var random = StoreTestGenerator(seed: seed)
        let one = try TopologyTestDriver(try topology())
        let many = try PartitionedTestDriver(try topology(), partitions: 3, instances: 2)
        defer {
            StreamsTests.closing(one)
            closing(many)
        }
        for number in 0..<60 {
            if Int.random(in: 0..<10, using: &random) == 0 { try many.addInstance() }
            if Int.random(in: 0..<10, using: &random) == 0, many.instanceNumbers.count > 1 {
                let leaving = many.instanceNumbers.randomElement(using: &random) ?? 0
                try number.isMultiple(of: 2) ? many.stopInstance(leaving) : many.crashInstance(leaving)
            }
            let key = "k\(Int.random(in: 0..<4, using: &random))"
            let isName = Int.random(in: 0..<3, using: &random) == 0
            for driver in [one, many] as [any TopicDriver] {
                if isName {
                    try driver.inputTopic("names", String.self, String.self).pipe(key, "n\(number)", at: 1)
                } else {
                    try driver.inputTopic("events", String.self, String.self).pipe("x\(number)", key, at: 1)
                }
            }
        }
        let expected = try one.outputTopic("out", String.self, String.self).readTable()
        #expect(try many.outputTopic("out", String.self, String.self).readTable() == expected, "seed \(seed)")
        #expect(!expected.isEmpty)
    }
}
