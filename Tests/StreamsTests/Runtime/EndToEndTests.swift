import Foundation
import KafkaClient
import KafkaProtocol
import Records
import Streams
import Testing

/// Applications against the embedded broker, from topic to topic.
@Suite(.timeLimit(.minutes(10))) struct EndToEndTests {
    private func orderJoin() throws -> Topology {
        let builder = StreamsBuilder()
        let addresses = builder.table("address", String.self, String.self)
        builder.stream("order", String.self, String.self)
            .join(addresses) { order, address in "\(order) send to \(address)" }
            .to("order_join")
        return try builder.build()
    }

    private static let addresses = [("han", "Seoul"), ("choi", "seohyun"), ("kim", "NewYork")]

    @Test(arguments: TestCluster.Medium.allCases)
    func `orders meet addresses, also after a restart with the state folder lost`(
        medium: TestCluster.Medium
    ) async throws {
        try await TestCluster.with(medium) { cluster in
            try await cluster.create(["address": 3, "order": 3, "order_join": 3])
            try await cluster.produce("address", EndToEndTests.addresses)
            let configuration = cluster.configuration("orders")
            try await cluster.run(orderJoin(), configuration) { streams in
                try await streams.wait { $0.processedRecords >= 3 }
                try await cluster.produce("order", [("han", "iphone"), ("kim", "ipad"), ("An", "none")])
                #expect(
                    try await cluster.texts("order_join", 2) == [
                        "han:iphone send to Seoul", "kim:ipad send to NewYork",
                    ]
                )
                try await cluster.produce("address", [("han", "jeju")])
                try await streams.wait { $0.processedRecords >= 7 }
            }
            try FileManager.default.removeItem(atPath: "\(configuration.stateDirectory)/orders")
            try await cluster.run(orderJoin(), configuration) { streams in
                try await cluster.produce("order", [("han", "car"), ("choi", "pen")])
                let joined = try await cluster.texts("order_join", 4)
                #expect(joined.contains("han:car send to jeju"))
                #expect(joined.contains("choi:pen send to seohyun"))
                #expect(
                    streams.metrics.restoredRecords == 3,
                    "one for each key: han's two addresses were committed together"
                )
            }
            try await cluster.run(orderJoin(), configuration) { streams in
                try await cluster.produce("order", [("kim", "cup")])
                #expect(try await cluster.texts("order_join", 5).contains("kim:cup send to NewYork"))
                #expect(streams.metrics.restoredRecords == 0, "the state of a clean end is there")
                #expect(streams.metrics.processedRecords == 1, "committed records are not read again")
            }
        }
    }

    @Test func `internal topics have Kafka Streams' names and settings`() async throws {
        let builder = StreamsBuilder()
        builder.stream("lines", String.self, String.self).groupBy { word in word }.count().toStream().to("counts")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["lines": 2, "counts": 1])
            try await cluster.produce("lines", [("1", "a"), ("2", "b"), ("3", "a")])
            var configuration = cluster.configuration("words")
            configuration.cacheMaxBytes = 0
            try await cluster.run(topology, configuration) { _ in
                let counts = try await cluster.counts("counts", total: 3)
                #expect(counts == ["a": 2, "b": 1])
            }
            let repartition: TopicName = "words-KSTREAM-AGGREGATE-STATE-STORE-0000000002-repartition"
            let changelog: TopicName = "words-KSTREAM-AGGREGATE-STATE-STORE-0000000002-changelog"
            let topics = try await cluster.admin.listTopics().map(\.name)
            #expect(topics == ["counts", "lines", changelog, repartition])
            let described = try await cluster.admin.describeTopics([changelog, repartition])
            #expect(try described[changelog]?.get().partitions.count == 2)
            #expect(try described[repartition]?.get().partitions.count == 2)
            let wanted: [TopicName: [String: String]] = [
                changelog: ["cleanup.policy": "compact", "message.timestamp.type": "CreateTime"],
                repartition: [
                    "cleanup.policy": "delete", "segment.bytes": "52428800", "retention.ms": "-1",
                    "message.timestamp.type": "CreateTime",
                ],
            ]
            for (topic, settings) in wanted {
                let resource = ConfigResource(.topic, topic.rawValue)
                let found = try await cluster.admin.describeConfigs([resource])[resource]?.get() ?? []
                for (name, value) in settings { #expect(found.first { $0.name == name }?.value == value, "\(name)") }
            }
        }
    }

    @Test func `a global table is whole before the first record is processed`() async throws {
        let builder = StreamsBuilder()
        let table = builder.globalTable("places", String.self, String.self)
        builder.stream("visits", String.self, String.self)
            .leftJoin(table, select: { _, place in place }) { place, city in "\(place) in \(city ?? "?")" }
            .to("out")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["places": 3, "visits": 2, "out": 1])
            try await cluster.produce("visits", (0..<20).map { ("v\($0)", "p\($0)") }, at: 1)
            try await cluster.produce("places", (0..<20).map { ("p\($0)", "c\($0)") }, at: 1_000_000)
            let expected = (0..<20).map { "v\($0):p\($0) in c\($0)" }.sorted()
            let configuration = cluster.configuration("visits")
            try await cluster.run(topology, configuration) { _ in
                let joined = try await cluster.texts("out", 20)
                #expect(joined == expected)
            }
            // From the checkpoint of a clean end, the table is there as well.
            try await cluster.produce("visits", [("again", "p7")])
            try await cluster.run(topology, configuration) { _ in
                let joined = try await cluster.texts("out", 21)
                #expect(joined.contains("again:p7 in c7"))
            }
        }
    }

    @Test func `a missing global topic is named by start`() async throws {
        let builder = StreamsBuilder()
        let table = builder.globalTable("nowhere", String.self, String.self)
        builder.stream("visits", String.self, String.self)
            .join(table, select: { _, place in place }) { place, city in "\(place) in \(city)" }
            .to("out")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["visits": 1, "out": 1])
            let streams = try cluster.streams(topology, cluster.configuration("visits"))
            await #expect(throws: MissingSourceTopicException(topics: ["nowhere"])) { try await streams.start() }
            await streams.waitForEnd()
            #expect(streams.state == .error)
        }
    }

    @Test func `a missing source topic ends the application and is named`() async throws {
        try await TestCluster.with { cluster in
            try await cluster.create(["order": 3, "order_join": 3])
            let streams = try cluster.streams(orderJoin(), cluster.configuration("orders"))
            try await streams.start()
            await streams.waitForEnd()
            #expect(streams.state == .error)
            #expect(streams.failure as? MissingSourceTopicException == MissingSourceTopicException(topics: ["address"]))
            let topics = try await cluster.admin.listTopics().map(\.name)
            #expect(topics == ["order", "order_join"], "nothing was created")
        }
    }

    @Test func `joined topics of different widths end the application before the first record`() async throws {
        try await TestCluster.with { cluster in
            try await cluster.create(["order": 3, "address": 2, "order_join": 3])
            try await cluster.produce("order", [("han", "iphone")])
            let streams = try cluster.streams(orderJoin(), cluster.configuration("orders"))
            try await streams.start()
            await streams.waitForEnd()
            let failure = try #require(streams.failure as? TopologyException)
            #expect(failure.description.contains("order has 3 partitions"))
            #expect(failure.description.contains("address has 2 partitions"))
            #expect(streams.metrics.processedRecords == 0)
        }
    }
}
