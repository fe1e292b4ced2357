import Records
import Streams
import StreamsTesting
import Testing

/// Processors by themselves, with a context that takes down what they do.
@Suite struct MockProcessorContextTests {
    /// Sends new values on, odd ones to a child of their own, and tells every 10 s how many there were.
    private final class Sorter: Processor {
        private var context: ProcessorContext<String, Int64>?
        private var seen: KeyValueStore<String, Int64>?
        private var ticks: Punctuation?

        func start(_ context: ProcessorContext<String, Int64>) throws {
            self.context = context
            let seen = try context.store("seen", as: KeyValueStore<String, Int64>.self)
            self.seen = seen
            ticks = try context.schedule(every: .seconds(10), .wallClockTime) { [unowned self] time in
                let count = try seen.all().rest().count
                try context.forward(StreamRecord(key: "count", value: Int64(count), timestamp: time))
                if count > 1 { ticks?.cancel() }
            }
        }

        func process(_ record: StreamRecord<String, Int64>) throws {
            guard let key = record.key, let value = record.value else {
                context?.recordDropped(.nullKey)
                return
            }
            guard try seen?.get(key) != value else { return }
            try seen?.put(key, value)
            if value.isMultiple(of: 2) {
                try context?.forward(record)
            } else {
                try context?.forward(record, to: "odd")
                context?.requestCommit()
            }
        }
    }

    private final class Stamp: FixedKeyProcessor {
        private var context: FixedKeyProcessorContext<String, String>?

        func start(_ context: FixedKeyProcessorContext<String, String>) { self.context = context }

        func process(_ record: FixedKeyRecord<String, Int64>) throws {
            let place = context?.context.recordMetadata.map { "\($0.topic)/\($0.offset)" } ?? "nowhere"
            try context?.forward(record.with(value: "\(record.value ?? 0)@\(place)"))
        }
    }

    private func mock() throws -> MockProcessorContext<String, Int64> {
        try MockProcessorContext(
            children: ["odd"],
            stores: [Stores.keyValueStore("seen", String.self, Int64.self)]
        )
    }

    @Test func `forwards are taken down with the child they were for`() throws {
        let mock = try mock()
        let sorter = Sorter()
        try sorter.start(mock.context)
        for (key, value) in [("a", 2), ("a", 2), ("b", 3)] as [(String, Int64)] {
            try sorter.process(StreamRecord(key: key, value: value, timestamp: 5))
        }
        #expect(mock.forwarded.map(\.record.value) == [2, 3])
        #expect(mock.forwarded.map(\.child) == [nil, "odd"])
        #expect(mock.forwarded(to: "odd").map(\.key) == ["a", "b"])
        #expect(mock.isCommitRequested)
        mock.resetCommit()
        mock.resetForwarded()
        #expect(!mock.isCommitRequested && mock.forwarded.isEmpty)
        #expect(try mock.store("seen", as: KeyValueStore<String, Int64>.self).get("b") == 3)
        #expect(mock.changelogRecords.count == 2)
        try mock.close()
    }

    @Test func `punctuations are shown and run when their time comes`() throws {
        let mock = try mock()
        let sorter = Sorter()
        try sorter.start(mock.context)
        let scheduled = try #require(mock.scheduledPunctuations.first)
        #expect(scheduled.type == .wallClockTime && scheduled.interval == .seconds(10) && scheduled.due == 10_000)
        try sorter.process(StreamRecord(key: "a", value: 1, timestamp: 5))
        try mock.advanceWallClock(by: .seconds(9))
        #expect(mock.forwarded(to: "count").isEmpty)
        try mock.advanceWallClock(by: .seconds(3))
        #expect(mock.forwarded.last?.record == StreamRecord(key: "count", value: 1, timestamp: 12_000))
        #expect(mock.scheduledPunctuations.first?.due == 20_000)
        try sorter.process(StreamRecord(key: "b", value: 1, timestamp: 6))
        try mock.advanceWallClock(by: .seconds(10))
        #expect(mock.scheduledPunctuations.isEmpty)
        try mock.close()
    }

    @Test func `metadata, drops and unknown children are as in a task`() throws {
        let mock = try mock()
        let sorter = Sorter()
        try sorter.start(mock.context)
        mock.recordMetadata = RecordMetadata(topic: "orders", partition: 3, offset: 9)
        try sorter.process(StreamRecord(key: nil, value: 1, timestamp: 5))
        #expect(mock.droppedRecords.map(\.reason) == [.nullKey])
        #expect(mock.dropLog.first?.metadata == RecordMetadata(topic: "orders", partition: 3, offset: 9))
        #expect(throws: StreamsException.self) {
            try mock.context.forward(StreamRecord(key: "a", value: 1, timestamp: 5), to: "even")
        }
        #expect(throws: StreamsException.self) {
            try mock.context.store("other", as: KeyValueStore<String, Int64>.self)
        }
        try mock.close()
    }

    @Test func `fixed-key processors have a context and records of their own`() throws {
        let mock = try MockProcessorContext<String, String>()
        let stamp = Stamp()
        stamp.start(mock.fixedKeyContext)
        mock.recordMetadata = RecordMetadata(topic: "in", partition: 0, offset: 4)
        try stamp.process(.forTesting(key: "k", value: 7, timestamp: 3))
        #expect(mock.forwarded.map(\.record) == [StreamRecord(key: "k", value: "7@in/4", timestamp: 3)])
        try mock.close()
    }
}
