import ArgumentParser
import Testing

@testable import CommandLine

/// What the tools say of options that are missing or contradict each other.
struct UsageTests {
    /// Complaints of the parser itself, which are still in its own manner.
    static let parsersOwn: Set<Int> = [178, 192]
    static let calls = GoldenCall.all.filter {
        ($0.stderr ?? "").contains("<usage text>") && !parsersOwn.contains($0.n)
    }

    @Test(arguments: calls)
    func `misuse is answered in Kafka's words`(call: GoldenCall) throws {
        let expected = (call.stderr ?? "").split(separator: "\n").first.map(String.init)
        do throws(ToolFailure) {
            switch call.tool {
            case "kafka-topics.sh": _ = try parsed(TopicsCommand.self, call).action()
            case "kafka-console-producer.sh": _ = try parsed(ConsoleProducerCommand.self, call).plan()
            default: _ = try parsed(ConsoleConsumerCommand.self, call).plan()
            }
            Issue.record("the options were accepted")
        } catch {
            #expect(error == .misuse(expected ?? ""))
        }
    }

    @Test func `the recording was read`() {
        #expect(UsageTests.calls.count > 10)
        #expect(GoldenCall.all.count == 143)
    }

    private func parsed<C: ParsableArguments>(_ command: C.Type, _ call: GoldenCall) throws(ToolFailure) -> C {
        do {
            return try C.parse(call.args)
        } catch {
            throw .refused("\(error)")
        }
    }
}
