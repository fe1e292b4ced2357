import Testing

@testable import CommandLine

/// How arguments are read: as Kafka's tools read theirs.
struct ToolSyntaxTests {
    private let syntax = ToolSyntax(
        name: "tool",
        abstract: "Do something.",
        purpose: "Does something.",
        examples: ["--topic orders"],
        options: [
            .value("topic", "name", "The topic."), .flag("list", "List."), .flag("describe", "Describe."),
            .flag("delete", "Delete."), .optional("state", "state", "The state.", beside: ["list"]),
            .value("timeout", "ms", "The time."),
        ]
    )

    /// The options as they were understood: `topic=a list state`.
    private func read(_ words: [String]) throws(OptionError) -> String {
        let options = try syntax.parse(words)
        let given = options.occurrences.map { $0.option.name + ($0.value.map { "=" + $0 } ?? "") }
        return (given + options.strayWords.map { "?" + $0 }).joined(separator: " ")
    }

    @Test(arguments: [
        (["--topic", "a", "--list"], "topic=a list"),
        (["--topic=a=b"], "topic=a=b"),
        (["--topic="], "topic="),
        (["--topic", "-1"], "topic=-1"),
        (["--topic", "--list"], "topic=--list"),
        (["-topic", "a", "-list"], "topic=a list"),
        (["--to", "a", "--des"], "topic=a describe"),
        (["--topic", "a", "--topic", "b"], "topic=a topic=b"),
        (["--list", "--state"], "list state"),
        (["--list", "--state", "Empty"], "list state=Empty"),
        (["--list", "--state", "--topic", "a"], "list state topic=a"),
        (["--list", "--state=Empty"], "list state=Empty"),
        (["orders", "--list", "-"], "list ?orders ?-"),
        (["--list", "--", "--delete"], "list ?--delete"),
        (["--list=yes"], "list"),
    ])
    func `options are read as Kafka's tools read them`(words: [String], understood: String) throws {
        #expect(try read(words) == understood)
    }

    @Test(
        arguments: [
            (["--nosuch"], "nosuch is not a recognized option", nil),
            (["--tpoic", "a"], "tpoic is not a recognized option", "Did you mean --topic?"),
            (["--t", "a"], "t is not a recognized option", nil),
            (["--de"], "de is not a recognized option", nil),
            (["-x"], "x is not a recognized option", nil),
            (["--topic"], "Option topic requires an argument", nil),
            (["--state"], "Option(s) [state] are unavailable given other options on the command line", nil),
        ] as [([String], String, String?)]
    )
    func `what cannot be read is refused in Kafka's words`(words: [String], sentence: String, hint: String?) throws {
        do throws(OptionError) {
            let understood = try read(words)
            Issue.record("understood as \(understood)")
        } catch {
            #expect(error.message == sentence)
            #expect(error.hint == hint)
        }
    }

    @Test func `one value is asked for, and numbers are numbers`() throws {
        let timeout = ToolOption.value("timeout", "ms", "The time.")
        #expect(try syntax.parse(["--timeout", "5000"]).int64(timeout) == 5000)
        #expect(try syntax.parse([]).int64(timeout) == nil)
        let twice = try syntax.parse(["--timeout", "1", "--timeout", "2"])
        #expect(throws: OptionError.several("timeout")) { try twice.value(timeout) }
        #expect(twice.values(timeout) == ["1", "2"])
        let text = try syntax.parse(["--timeout", "soon"])
        #expect(throws: OptionError.notConvertible(value: "soon", option: "timeout")) { try text.int64(timeout) }
    }

    @Test func `the help has every option, and examples that can be read`() throws {
        for command in Tools.commands.values {
            let help = command.syntax.help() + "\n"
            for option in command.syntax.options { #expect(help.contains("--\(option.name)")) }
            let table = help.split(separator: "\n").drop { $0 != "Options:" }
            #expect(table.count > command.syntax.options.count)
            #expect(table.allSatisfy { $0.count <= 100 })
            for example in command.syntax.examples {
                #expect(help.contains("  millrace \(command.syntax.name) \(example)\n"))
                let words = example.split(separator: " ").map { $0.filter { $0 != "'" } }
                #expect(throws: Never.self) { try command.syntax.parse(words) }
            }
        }
    }

    @Test(
        arguments: [
            ("ordres", "orders"), ("order", "orders"), ("paymentss", "payments"), ("payemnts", "payments"), ("x", nil),
            ("shipping", nil), ("orders", nil),
        ] as [(String, String?)]
    )
    func `a mistyped name leads to the one that was meant`(typed: String, meant: String?) {
        #expect(Suggestion.nearest(to: typed, among: ["orders", "payments"]) == meant)
    }
}
