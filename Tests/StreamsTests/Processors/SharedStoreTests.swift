import Records
import Streams
import StreamsTesting
import Synchronization
import Testing

/// Stores that others may read: global ones, read-only ones, and what stands around processors.
@Suite struct SharedStoreTests {
    /// Keeps a store by its topic.
    final class Keeper: Processor {
        private let name: String
        private var store: KeyValueStore<String, Int64>?
        init(_ name: String) { self.name = name }
        func start(_ context: ProcessorContext<Never, Never>) throws { store = try context.store(name) }
        func process(_ record: StreamRecord<String, Int64>) throws {
            if let key = record.key { try store?.put(key, record.value) }
        }
    }

    /// Forwards a payment with the limit that is in a store.
    final class LimitReader: Processor {
        private let name: String
        private var context: ProcessorContext<String, String>?
        private var store: KeyValueStore<String, Int64>?
        init(_ name: String) { self.name = name }
        func start(_ context: ProcessorContext<String, String>) throws {
            self.context = context
            store = try context.store(name)
        }
        func process(_ record: StreamRecord<String, Int64>) throws {
            let limit = try record.key.flatMap { try store?.get($0) }
            try context?.forward(record.with(value: "\(record.value ?? 0) of \(limit ?? 0)"))
        }
    }

    private static let store = Stores.keyValueStore("limits", String.self, Int64.self)

    private func run(_ topology: Topology) throws -> (payments: [String?], internalTopics: [TopicName]) {
        let driver = try TopologyTestDriver(topology)
        defer { closing(driver) }
        let limits = driver.inputTopic("limits", String.self, Int64.self)
        let payments = driver.inputTopic("payments", String.self, Int64.self)
        try limits.pipe("han", 100)
        try payments.pipe("han", 7)
        try limits.pipe("han", nil)
        try payments.pipe("han", 8)
        #expect(try driver.store("limits", as: KeyValueStore<String, Int64>.self).get("han") == nil)
        return (
            try driver.outputTopic("out", String.self, String.self).readValues(), driver.internalRecords.map(\.topic)
        )
    }

    @Test func `a global store is added by name, and read without being connected`() throws {
        var topology = Topology()
        topology.addGlobalStore(
            SharedStoreTests.store,
            source: "limit-source",
            topic: "limits",
            key: .string,
            value: .int64,
            processor: "limit-keeper"
        ) { Keeper("limits") }
        topology.addSource("payment-source", topics: "payments", String.self, Int64.self)
        topology.addProcessor("reader", parents: ["payment-source"]) { LimitReader("limits") }
        topology.addSink("sink", topic: "out", String.self, String.self, parents: ["reader"])
        let (payments, topics) = try run(topology)
        #expect(payments == ["7 of 100", "8 of 0"])
        #expect(topics == [])
        #expect(topology.describe().description.contains("for global store (will not generate tasks)"))
    }

    @Test func `a read-only store is kept by its topic, which is its changelog`() throws {
        var topology = Topology()
        topology.addReadOnlyStateStore(
            SharedStoreTests.store,
            source: "limit-source",
            topic: "limits",
            key: .string,
            value: .int64,
            processor: "limit-keeper"
        ) { Keeper("limits") }
        topology.addSource("payment-source", topics: "payments", String.self, Int64.self)
        topology.addProcessor("reader", parents: ["payment-source"], stores: ["limits"]) { LimitReader("limits") }
        topology.addSink("sink", key: .string, value: .string, parents: ["reader"]) { _, _, record in
            #expect(record?.topic == "payments")
            return "out"
        }
        let (payments, topics) = try run(topology)
        #expect(payments == ["7 of 100", "8 of 0"])
        #expect(topics == [], "nothing is logged")
        let changelogs = topology.changelogTopics(of: topology.subTopologies[0], applicationID: "app")
        #expect(changelogs.map(\.topic) == ["limits"])
        #expect(changelogs.map(\.isSourceTopic) == [true])
    }

    /// Writes down which operators take a record.
    private final class Trace: ProcessorWrapper {
        let steps = Mutex<[String]>([])

        func wrap<Key, Value>(_ step: WrappedProcessor<Key, Value>) -> WrappedProcessor<Key, Value>.Process {
            { [self] key, value, timestamp in
                steps.withLock { $0.append("\(step.name) \(timestamp) \(step.recordMetadata?.topic ?? "")") }
                try step.process(key, value, timestamp)
            }
        }
    }

    @Test func `a wrapper stands around every operator, and not around sources and sinks`() throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).mapValues(named: "loud") { $0.uppercased() }
            .groupByKey().count(named: "counter").toStream(named: "counts").to("out", named: "sink")
        let trace = Trace()
        var configuration = TaskConfiguration(applicationID: "app")
        configuration.processorWrapper = trace
        let driver = try TopologyTestDriver(try builder.build(), configuration: configuration)
        defer { closing(driver) }
        try driver.inputTopic("in", String.self, String.self).pipe("a", "b", at: 5)
        #expect(try driver.outputTopic("out", String.self, Int64.self).readValues() == [1])
        #expect(trace.steps.withLock { $0 } == ["loud 5 in", "counter 5 in", "counts 5 in"])
    }
}
