import KafkaClient
import Records
import Testing

@testable import Streams

/// Several threads and instances of one application, and ends of every kind.
@Suite(.timeLimit(.minutes(10))) struct SharedWorkTests {
    private func count() throws -> Topology {
        let builder = StreamsBuilder()
        builder.stream("words", String.self, String.self).groupByKey().count().toStream().to("counts")
        return try builder.build()
    }

    private func records(_ range: Range<Int>) -> [(String, String)] { range.map { ("k\($0 % 10)", "\($0)") } }

    private func totals(_ count: Int64) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: (0..<10).map { ("k\($0)", count / 10) })
    }

    @Test func `two threads, then two instances, share the tasks, and the totals are right`() async throws {
        let topology = try count()
        try await TestCluster.with { cluster in
            try await cluster.create(["words": 4, "counts": 2])
            try await cluster.produce("words", records(0..<100))
            var configuration = cluster.configuration("count", state: "one")
            configuration.threadCount = 2
            configuration.commitInterval = .milliseconds(50)
            try await cluster.run(topology, configuration) { first in
                #expect(try await cluster.counts("counts", total: 100) == totals(100))
                try await first.wait { $0.tasks.values.map(\.count) == [2, 2] }
                var other = cluster.configuration("count", state: "two")
                other.commitInterval = .milliseconds(50)
                let second = try cluster.streams(topology, other)
                try await second.start()
                try await second.wait { $0.tasks.values.contains { !$0.isEmpty } }
                try await first.wait { $0.tasks.values.allSatisfy { !$0.isEmpty && $0.count <= 2 } }
                try await cluster.produce("words", records(100..<200))
                #expect(try await cluster.counts("counts", total: 200) == totals(200))
                let shares = first.metrics.tasks.values.map(\.count) + second.metrics.tasks.values.map(\.count)
                #expect(shares.sorted() == [1, 1, 2])
                await second.close()
                try await first.wait { $0.tasks.values.map(\.count) == [2, 2] }
                try await cluster.produce("words", records(200..<300))
                #expect(try await cluster.counts("counts", total: 300) == totals(300))
            }
        }
    }

    @Test func `what was not committed before a crash is done again, on the state of the last commit`() async throws {
        let topology = try count()
        try await TestCluster.with { cluster in
            try await cluster.create(["words": 2, "counts": 1])
            let configuration = cluster.configuration("count")
            try await cluster.produce("words", records(0..<50))
            try await cluster.run(topology, configuration) { streams in
                try await streams.wait { $0.processedRecords >= 50 }
            }
            try await cluster.produce("words", records(50..<80))
            let crashed = try cluster.streams(topology, configuration)
            try await crashed.start()
            try await crashed.wait { $0.processedRecords >= 30 }
            await crashed.abandon()
            #expect(crashed.metrics.commits == 0)
            try await cluster.produce("words", records(80..<100))
            try await cluster.run(topology, configuration) { streams in
                try await streams.wait { $0.processedRecords >= 50 }
            }
            #expect(try await cluster.counts("counts", total: 100) == totals(100))
        }
    }

    @Test func `a thread that fails is replaced where the handler says so`() async throws {
        let builder = StreamsBuilder()
        builder.stream("words", String.self, String.self)
            .mapValues { value in
                if value == "bad" { throw SerializationException("a bad word") }
                return value
            }
            .to("out")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["words": 1, "out": 1])
            try await cluster.produce("words", [("a", "good"), ("b", "bad")])
            let streams = try cluster.streams(topology, cluster.configuration("app"))
            let (failures, found) = AsyncStream.makeStream(of: String.self)
            streams.setUncaughtExceptionHandler { error in
                found.yield("\(error)")
                return .replaceThread
            }
            try await streams.start()
            var seen = 0
            for await failure in failures {
                #expect(failure.contains("a bad word"))
                #expect(failure.contains("words-0 offset 1"))
                seen += 1
                if seen == 2 { break }
            }
            #expect(streams.failure == nil)
            await streams.close()
            #expect(streams.state == .notRunning)
        }
    }

    @Test func `an instance passes through Kafka's states`() async throws {
        let topology = try count()
        try await TestCluster.with { cluster in
            try await cluster.create(["words": 1, "counts": 1])
            let streams = try cluster.streams(topology, cluster.configuration("count"))
            let states = streams.states
            try await streams.start()
            for await state in streams.states where state == .running { break }
            #expect(throws: StreamsException.self) { try streams.cleanUp() }
            await streams.close()
            var seen: [StreamsState] = []
            for await state in states { seen.append(state) }
            #expect(seen == [.created, .rebalancing, .running, .pendingShutdown, .notRunning])
            await #expect(throws: StreamsException.self) { try await streams.start() }
            try streams.cleanUp()
        }
    }

    @Test func `an application that is asked to end everywhere ends everywhere`() async throws {
        let builder = StreamsBuilder()
        builder.stream("words", String.self, String.self)
            .mapValues { value in
                if value == "bad" { throw SerializationException("a bad word") }
                return value
            }
            .to("out")
        let topology = try builder.build()
        try await TestCluster.with { cluster in
            try await cluster.create(["words": 1, "out": 1])
            let first = try cluster.streams(topology, cluster.configuration("app", state: "one"))
            let second = try cluster.streams(topology, cluster.configuration("app", state: "two"))
            for streams in [first, second] {
                streams.setUncaughtExceptionHandler { _ in .shutdownApplication }
                try await streams.start()
                for await state in streams.states where state == .running { break }
            }
            try await cluster.produce("words", [("a", "bad")])
            await first.waitForEnd()
            await second.waitForEnd()
            let errors = [first, second].compactMap(\.failure)
            // Only one of them has a task, and so a reason of its own.
            #expect(errors.count { $0 is StreamsException } == 1)
            #expect(errors.count { $0 is ShutdownRequestedException } == 1)
            #expect([first.state, second.state] == [.error, .error])
        }
    }
}
