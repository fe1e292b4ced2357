import Records
import Streams
import StreamsTesting
import Testing

/// Operators that no golden run shows: transformValues, global stores, print, and what the builder refuses.
@Suite struct TableOperatorTests {
    private final class Numbering: ValueTransformer {
        private var counts: KeyValueStore<String, Int64>?

        func start(_ context: ValueTransformerContext) throws { counts = try context.store("counts") }

        func transform(_ key: String, _ value: String?) throws -> String? {
            guard let value else { return nil }
            var number: Int64 = 0
            try counts?.update(key) { old in
                number = (old ?? 0) + 1
                return number
            }
            return "\(value)#\(number)"
        }
    }

    private final class Keeper: Processor {
        private var store: KeyValueStore<String, String>?

        func start(_ context: ProcessorContext<Never, Never>) throws { store = try context.store("rates") }

        func process(_ record: StreamRecord<String, String>) throws {
            if let key = record.key { try store?.put(key, record.value.map { $0 + "!" }) }
        }
    }

    private final class Reader: FixedKeyProcessor {
        private var context: FixedKeyProcessorContext<String, String>?
        private var store: KeyValueStore<String, String>?

        func start(_ context: FixedKeyProcessorContext<String, String>) throws {
            self.context = context
            store = try context.store("rates")
        }

        func process(_ record: FixedKeyRecord<String, String>) throws {
            try context?.forward(record.with(value: record.key.flatMap { try store?.get($0) } ?? "none"))
        }
    }

    @Test func `transformValues makes rows with a store of its own`() throws {
        let builder = StreamsBuilder()
        builder.addStateStore(Stores.keyValueStore("counts", String.self, Int64.self, in: .memory))
        builder.table("in", String.self, String.self)
            .transformValues(stores: ["counts"], materialized: .as("rows")) { Numbering() }
            .toStream().to("out")
        let driver = try TopologyTestDriver(try builder.build())
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        for value in ["a", "b", nil] { try input.pipe("k", value) }
        #expect(try driver.outputTopic("out", String.self, String.self).readValues() == ["a#1", "b#2", nil])
        let rows = try driver.store("rows", as: TimestampedKeyValueStore<String, String>.self)
        #expect(try rows.get("k") == nil)
    }

    @Test func `a global store is kept by its processor and read by any`() throws {
        let builder = StreamsBuilder()
        builder.addGlobalStore(
            Stores.keyValueStore("rates", String.self, String.self, in: .memory),
            topic: "rates",
            String.self,
            String.self
        ) { Keeper() }
        builder.stream("in", String.self, String.self).processValues { Reader() }.to("out")
        let driver = try TopologyTestDriver(try builder.build())
        defer { closing(driver) }
        let input = driver.inputTopic("in", String.self, String.self)
        try input.pipe("k", "1")
        try driver.inputTopic("rates", String.self, String.self).pipe("k", "2")
        try input.pipe("k", "3")
        #expect(try driver.outputTopic("out", String.self, String.self).readValues() == ["none", "2!"])
        #expect(!driver.producedRecords.contains { $0.topic.rawValue.hasSuffix("changelog") })
    }

    @Test func `what cannot work is refused with the operator's name`() throws {
        let builder = StreamsBuilder()
        let stream = builder.stream("in", String.self, String.self)
        let table = builder.table("t", String.self, String.self)
        table.suppress(.untilTimeLimit(.seconds(-1)), named: "negative").toStream().to("a")
        stream.join(table, grace: .seconds(1), named: "unversioned") { (left: String, right: String) in left + right }
            .to("b")
        stream.groupByKey().windowedBy(.tumbling(.zero)).count(named: "empty").toStream { key, _ in key.key }
            .mapValues { String($0) }.to("c")
        stream.groupByKey().windowedBy(.tumbling(.seconds(5)))
            .count(materialized: Materialized("short", retention: .seconds(1)), named: "brief")
            .toStream { key, _ in key.key }.mapValues { String($0) }.to("d")
        let error = #expect(throws: TopologyException.self) { try builder.build() }
        let names = Set(error?.problems.map(\.operatorName) ?? [])
        #expect(names.isSuperset(of: ["negative", "unversioned", "empty", "brief"]))
    }
}
