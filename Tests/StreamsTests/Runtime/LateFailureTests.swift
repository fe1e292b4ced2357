import KafkaClient
import Records
import Streams
import Testing

/// Records that the broker refuses after they have been sent.
@Suite(.timeLimit(.minutes(10))) struct LateFailureTests {
    @Test func `a record that the broker refuses is counted as dropped by its sink where the handler goes on`()
        async throws
    {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to("out", named: "the-sink")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["in": 1])
            let small = NewTopic("out", partitions: 1, configs: ["max.message.bytes": "300"])
            for result in try await cluster.admin.createTopics([small]).values { _ = try result.get() }
            let large = String(repeating: "x", count: 1000)
            try await cluster.produce("in", [("a", large), ("b", "1"), ("c", large), ("d", "2")])
            var configuration = cluster.configuration("refused")
            configuration.productionExceptionHandler = .continue
            try await cluster.run(topology, configuration) { streams in
                #expect(try await cluster.texts("out", 2) == ["b:1", "d:2"])
                try await streams.wait { $0.droppedRecords.reduce(0) { $0 + $1.count } == 2 }
                #expect(streams.metrics.droppedRecords.map(\.description) == ["the-sink: 2 (unencodable)"])
            }
        }
    }

    @Test func `without a handler that goes on, the instance ends and names the sink`() async throws {
        let builder = StreamsBuilder()
        builder.stream("in", String.self, String.self).to("out", named: "the-sink")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["in": 1])
            let small = NewTopic("out", partitions: 1, configs: ["max.message.bytes": "300"])
            for result in try await cluster.admin.createTopics([small]).values { _ = try result.get() }
            try await cluster.produce("in", [("a", String(repeating: "x", count: 1000))])
            let streams = try cluster.streams(topology, cluster.configuration("refused"))
            try await streams.start()
            await streams.waitForEnd()
            #expect("\(try #require(streams.failure))".contains("in the-sink"))
            await streams.close()
        }
    }
}
