import KafkaClient
import Records
import Testing

@testable import CommandLine

struct TopicRequestTests {
    @Test func `assignments name the brokers of each partition`() throws {
        #expect(try TopicRequest.assignments("1:2,2:3") == [0: [1, 2], 1: [2, 3]])
        #expect(try TopicRequest.assignments(nil).isEmpty)
        #expect(throws: TopicToolError("Partition replica lists may not contain duplicate entries: 1")) {
            try TopicRequest.assignments("1:1")
        }
        #expect(throws: TopicToolError("Partition 1 has different replication factor: [1]")) {
            try TopicRequest.assignments("1:2,1")
        }
        #expect(throws: TopicToolError("For input string: \"x\"")) { try TopicRequest.assignments("x") }
    }

    @Test func `options take their value in both forms`() throws {
        let spaced = try topicOptions(["--create", "--topic", "-t", "--config", "a=b", "--config", "c=d"])
        let joined = try topicOptions(["--create", "--topic=-t", "--config=a=b", "--config=c=d"])
        for command in [spaced, joined] {
            let topic = try TopicRequest.newTopic(command)
            #expect(topic.name == "-t")
            #expect(topic.configs == ["a": "b", "c": "d"])
        }
    }

    @Test func `a config without a value is refused`() throws {
        for text in ["retention.ms", "retention.ms=", "a=b=c"] {
            let command = try topicOptions(["--create", "--topic", "t", "--config", text])
            #expect(throws: TopicToolError.self) { try TopicRequest.newTopic(command) }
        }
    }

    @Test func `a topic is chosen by an expression for its whole name`() throws {
        let filter = try TopicFilter("'a.*, b'")
        #expect(["abc", "b", "bb", "xa"].filter(filter.allows) == ["abc", "b"])
        #expect(throws: TopicToolError("( is an invalid regex.")) { try TopicFilter("(") }
    }

    @Test func `an id that is no id is refused in Kafka's words`() throws {
        let golden = try GoldenCall.call(40).stdout ?? ""
        do throws(TopicToolError) {
            _ = try TopicTool.id("zzz")
            Issue.record("accepted")
        } catch {
            #expect("Error while executing topic command : \(error.message)\n" == golden)
        }
        #expect(try TopicTool.id("AAAAAAAAAAAAAAAAAAAAAA") == nil)
    }

    private func topicOptions(_ words: [String]) throws -> TopicOptions {
        try TopicOptions(try TopicsCommand.syntax.parse(words))
    }
}
