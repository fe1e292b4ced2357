import Foundation
import KafkaClient
import MetricsTestKit
import Records
import Streams
import Testing

/// Applications whose state is lost between two runs, so that all of it comes from topics.
@Suite(.timeLimit(.minutes(10))) struct StatefulEndToEndTests {
    private func loseState(of configuration: StreamsConfiguration) throws {
        try FileManager.default.removeItem(atPath: "\(configuration.stateDirectory)/\(configuration.applicationID)")
    }

    enum Holding: CaseIterable { case suppression, emissionOnClose }

    @Test(arguments: Holding.allCases)
    func `a window that is open over a restart ends with all of its records, once`(holding: Holding) async throws {
        let builder = StreamsBuilder()
        let windows = builder.stream("views", String.self, String.self).groupByKey()
            .windowedBy(.tumbling(.seconds(60), grace: .seconds(10)))
        // Times of today: the broker removes records that are older than its retention.
        let base = Timestamp.now().rawValue / 60_000 * 60_000
        let counts =
            switch holding {
            case .suppression: windows.count().suppress(.untilWindowCloses())
            case .emissionOnClose: windows.emit(.onWindowClose).count()
            }
        counts.toStream { key, _ in "\(key.key)@\(key.window.start.rawValue - base)" }.to("final")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["views": 1, "final": 1])
            var configuration = cluster.configuration("views")
            configuration.cacheMaxBytes = 0
            configuration.windowEmitInterval = .zero
            try await cluster.produce("views", [("a", "1"), ("b", "1"), ("a", "2")], at: base + 1000)
            // The first window closes with a record of the second one's time, beyond its grace period.
            try await cluster.produce("views", [("a", "3")], at: base + 72_000)
            try await cluster.run(topology, configuration) { streams in
                try await streams.wait { $0.processedRecords >= 4 }
                #expect(try await cluster.counts("final", total: 3) == ["a@0": 2, "b@0": 1])
            }
            try loseState(of: configuration)
            try await cluster.produce("views", [("a", "4"), ("b", "2")], at: base + 80_000)
            try await cluster.produce("views", [("end", "")], at: base + 132_000)
            try await cluster.run(topology, configuration) { streams in
                try await streams.wait { $0.processedRecords >= 3 }
                let counts = try await cluster.counts("final", total: 6)
                #expect(counts == ["a@0": 2, "b@0": 1, "a@60000": 2, "b@60000": 1])
                #expect(streams.metrics.restoredRecords > 0)
            }
            let final = try await cluster.read("final") { $0.count >= 4 }
            #expect(final.count == 4, "each window once")
        }
    }

    @Test func `sessions go on after a restart`() async throws {
        let base = Timestamp.now().rawValue
        let builder = StreamsBuilder()
        builder.stream("clicks", String.self, String.self).groupByKey()
            .windowedBy(.session(gap: .seconds(30))).count()
            .toStream { key, _ in "\(key.key)@\(key.window.start.rawValue - base)-\(key.window.end.rawValue - base)" }
            .to("visits")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["clicks": 1, "visits": 1])
            let configuration = cluster.configuration("visits")
            try await cluster.produce("clicks", [("a", "1"), ("a", "2")], at: base + 1000)
            try await cluster.run(topology, configuration) { try await $0.wait { $0.processedRecords >= 2 } }
            try loseState(of: configuration)
            try await cluster.produce("clicks", [("a", "3")], at: base + 20_000)
            try await cluster.run(topology, configuration) { try await $0.wait { $0.processedRecords >= 1 } }
            let visits = try await cluster.read("visits") { records in
                records.contains { $0.key == Bytes(utf8: "a@1000-20000") }
            }
            let last = try #require(visits.last { $0.key == Bytes(utf8: "a@1000-20000") })
            #expect(try Int64.serde.value(of: last.value) == 3)
        }
    }

    @Test func `a join by foreign key finds the rows of before a restart`() async throws {
        let builder = StreamsBuilder()
        let customers = builder.table("customers", String.self, String.self)
        builder.table("orders", String.self, String.self)
            .join(customers, foreignKey: { order in order.split(separator: "/").last.map(String.init) }) {
                order,
                customer in "\(order) of \(customer)"
            }
            .toStream().to("named")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["customers": 3, "orders": 3, "named": 1])
            var configuration = cluster.configuration("naming")
            configuration.cacheMaxBytes = 0
            try await cluster.produce("customers", [("c1", "Han"), ("c2", "Kim")])
            try await cluster.produce("orders", (0..<6).map { ("o\($0)", "\($0)/c\($0 % 2 + 1)") })
            try await cluster.run(topology, configuration) { _ in
                let wanted = (0..<6).map { "o\($0):\($0)/c\($0 % 2 + 1) of \($0 % 2 == 0 ? "Han" : "Kim")" }
                let named = try await cluster.texts("named", 6)
                #expect(Set(named).isSuperset(of: wanted))
            }
            try loseState(of: configuration)
            let before = try await cluster.read("named") { $0.count >= 6 }.count
            try await cluster.run(topology, configuration) { streams in
                try await cluster.produce("customers", [("c2", "Kim Lee")])
                let named = try await cluster.texts("named", before + 3)
                #expect(Set(named).isSuperset(of: [1, 3, 5].map { "o\($0):\($0)/c2 of Kim Lee" }))
                #expect(streams.metrics.restoredRecords > 0)
            }
        }
    }

    @Test func `a store of one's own is restored from its changelog`() async throws {
        let builder = StreamsBuilder()
        builder.stream("games", String.self, Int64.self)
            .process(adding: [HighScoreKeeper.store]) { HighScoreKeeper() }.to("records")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["games": 2, "records": 1])
            let configuration = cluster.configuration("scores")
            try await cluster.play([("han", 5), ("kim", 9)])
            try await cluster.run(topology, configuration) { try await $0.wait { $0.processedRecords >= 2 } }
            try await cluster.play([("han", 4), ("kim", 10)])
            try await cluster.run(topology, configuration) { streams in
                try await streams.wait { $0.processedRecords >= 2 }
                #expect(streams.metrics.restoredRecords == 2)
            }
            #expect(try await cluster.counts("records", total: 15) == ["han": 5, "kim": 10])
        }
    }

    @Test func `what is dropped is counted by operator and reason, for swift-metrics too`() async throws {
        let builder = StreamsBuilder()
        builder.stream("numbers", String.self, Int64.self, named: "reader").groupByKey().count(named: "counter")
            .toStream().to("counts")
        let topology = try builder.build()
        let backend = TestMetrics()
        try await TestCluster.with { cluster in
            try await cluster.create(["numbers": 1, "counts": 1])
            var configuration = cluster.configuration("counts")
            configuration.deserializationExceptionHandler = .logAndContinue
            try await cluster.produce("numbers", [("a", "no number"), ("b", "12345678"), ("c", "")])
            let streams = try KafkaStreams(
                topology,
                configuration,
                transport: cluster.transport,
                logger: TestCluster.quiet,
                metrics: backend
            )
            try await streams.start()
            try await streams.wait { metrics in
                metrics.droppedRecords.map(\.description) == ["reader: 2 (undecodable)"]
                    && metrics.processedRecords == 3
            }
            await streams.close()
        }
        let dropped = backend.counters(label: "kafka.streams.stream-processor-node-metrics.dropped-records-total")
        #expect(dropped.map(\.totalValue) == [2])
        let dimensions = Dictionary(dropped.flatMap(\.dimensions)) { $1 }
        #expect(dimensions["processor-node-id"] == "reader")
        #expect(dimensions["reason"] == "undecodable")
        #expect(dimensions["thread-id"]?.hasSuffix("StreamThread-1") == true)
        #expect(backend.counterTotal(label: "kafka.streams.stream-thread-metrics.process-total") == 3)
        #expect(backend.counterTotal(label: "kafka.streams.stream-thread-metrics.commit-total") > 0)
    }
}

extension TestCluster {
    fileprivate func play(_ games: [(String, Int64)]) async throws {
        for (player, score) in games {
            try await producer.send(
                ProducerRecord(topic: "games", key: Bytes(utf8: player), value: try Int64.serde.bytes(of: score))
            )
        }
    }
}
