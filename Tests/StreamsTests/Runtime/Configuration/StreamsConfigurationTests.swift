import KafkaClient
import Testing

@testable import Streams

@Suite struct StreamsConfigurationTests {
    private let needed = ["application.id": "app", "bootstrap.servers": "a:1,b:2"]

    private func read(_ properties: [String: String]) throws -> StreamsConfiguration {
        try StreamsConfiguration(properties: needed.merging(properties) { $1 })
    }

    @Test func `settings have Kafka's names and defaults`() throws {
        let defaults = try read([:])
        #expect(defaults.bootstrapServers == ["a:1", "b:2"])
        #expect(defaults.threadCount == 1)
        #expect(defaults.commitInterval == .seconds(30))
        #expect(defaults.cacheMaxBytes == 10 << 20)
        #expect(defaults.replicationFactor == -1)
        #expect(defaults.stateDirectory.hasSuffix("/kafka-streams"))
        let set = try read([
            "num.stream.threads": "3", "commit.interval.ms": "100", "max.task.idle.ms": "-1", "state.dir": "/x",
            "default.deserialization.exception.handler":
                "org.apache.kafka.streams.errors.LogAndContinueExceptionHandler",
        ])
        #expect(set.threadCount == 3)
        #expect(set.commitInterval == .milliseconds(100))
        #expect(set.maxTaskIdle == nil)
        #expect(set.stateDirectory == "/x")
    }

    @Test func `settings of clients reach them, the more special ones first`() throws {
        let configuration = try read([
            "consumer.max.poll.records": "7", "main.consumer.max.poll.records": "8",
            "max.partition.fetch.bytes": "9000",
            "producer.linger.ms": "3", "request.timeout.ms": "1234", "topic.segment.bytes": "99",
        ])
        #expect(try configuration.consumer(.main).maxPollRecords == 8)
        #expect(try configuration.consumer(.restore).maxPollRecords == 7)
        #expect(try configuration.consumer(.main).maxPartitionFetchBytes == 9000)
        #expect(try configuration.producer().linger == .milliseconds(3))
        #expect(try configuration.client(.main, id: "x").requestTimeout == .milliseconds(1234))
        #expect(configuration.topicProperties == ["segment.bytes": "99"])
        #expect(try configuration.consumer(.main).autoOffsetReset == .earliest)
        #expect(try read([:]).producer().linger == .milliseconds(100))
    }

    @Test func `mistakes are reported together`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try read(["num.stream.threads": "0", "nonsense": "1", "processing.guarantee": "exactly_once_v2"])
        }
        #expect(error?.unknown == ["nonsense"])
        #expect(error?.invalid.map(\.name) == ["num.stream.threads", "processing.guarantee"])
        #expect(error?.invalid.last?.reason.contains("transactions") == true)
        #expect(throws: ConfigurationError.self) { try StreamsConfiguration(properties: [:]) }
    }
}
