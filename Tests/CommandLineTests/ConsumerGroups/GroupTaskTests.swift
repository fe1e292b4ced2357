import KafkaClient
import KafkaProtocol
import Records
import Testing

@testable import CommandLine

struct GroupTaskTests {
    @Test(arguments: [
        (
            "--describe --group g --members --offsets",
            "takes at most one of these options: [members], [offsets], [state]"
        ),
        ("--describe --group g --state Empty", "Option [describe] does not take a value for [state]"),
        ("--delete --group g --topic t", "The consumer does not support topic-specific offset deletion"),
        ("--delete-offsets --group g", "Option [delete-offsets] takes the following options: [topic], [group]"),
        ("--reset-offsets --group g --dry-run --execute", "only accepts one of [execute] and [dry-run]"),
        (
            "--reset-offsets --group g --dry-run --shift-by 1 --from-file f",
            "Option \"[shift-by]\" can't be used with option \"[from-file]\""
        ),
        ("--describe --group g --all-groups", "Option \"[group]\" can't be used with option \"[all-groups]\""),
        ("--list --group g", "Option \"[group]\" can't be used with option \"[list]\""),
        ("--describe --group g --topic t", "Option \"[topic]\" can't be used with option \"[describe]\""),
        ("--list --describe --all-groups", "Command must include exactly one action: --list"),
    ])
    func `options that do not fit are refused in Kafka's words`(words: String, sentence: String) throws {
        let given = try ConsumerGroupsCommand.syntax.parse(
            ["--bootstrap-server", "b:1"] + words.split(separator: " ").map(String.init)
        )
        do throws(ToolFailure) {
            let task = try GroupTask(given) { _ in }
            Issue.record("understood as \(task)")
        } catch {
            guard case .misuse(let told) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(told.contains(sentence))
        }
    }

    @Test func `states and types are read in any case of letters`() throws {
        #expect(try GroupTool.states("empty, STABLE") == [.empty, .stable])
        #expect(try GroupTool.types("Classic,consumer") == [.classic, .consumer])
        #expect(try GroupTool.states("").isEmpty)
        #expect(throws: GroupToolError.self) { try GroupTool.types("classic,,consumer") }
    }

    @Test func `members with the most partitions come first, then what nobody has`() {
        let rows = GroupOffsetRow.rows(
            of: group,
            committed: [TopicPartition("t", 0): OffsetAndMetadata(4), TopicPartition("u", 9): OffsetAndMetadata(1)],
            ends: [TopicPartition("t", 0): 10, TopicPartition("u", 9): 1]
        )
        #expect(
            GroupOffsetRow.table(rows).lines().map { $0.split(separator: " ").joined(separator: " ") } == [
                "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID",
                "g t 0 4 10 6 m2 /10.0.0.2 c2", "g t 2 - - - m2 /10.0.0.2 c2", "g t 1 - - - m1 /10.0.0.1 c1",
                "g u 9 1 1 0 - - -",
            ]
        )
    }

    @Test func `members are shown with their instance ids and what they have`() {
        let lines = GroupTool.memberTable(group, verbose: true).lines()
        #expect(
            lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                "GROUP CONSUMER-ID GROUP-INSTANCE-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT",
                "g m1 /10.0.0.1 c1 1 (1)", "g m2 one /10.0.0.2 c2 2 (0,2)", "g m3 /10.0.0.3 c3 0 -",
            ]
        )
    }

    private var group: GroupDescription {
        func member(_ number: Int, _ partitions: [Int32], instance: String? = nil) -> GroupDescription.Member {
            .init(
                id: MemberID("m\(number)"),
                instanceID: instance,
                clientID: "c\(number)",
                host: "/10.0.0.\(number)",
                assignment: partitions.map { TopicPartition("t", PartitionIndex($0)) }
            )
        }
        return GroupDescription(
            id: "g",
            type: .classic,
            state: .stable,
            protocolType: "consumer",
            assignor: "range",
            members: [member(1, [1]), member(2, [0, 2], instance: "one"), member(3, [])],
            coordinator: BrokerNode(id: 1, host: "localhost", port: 9092)
        )
    }
}
