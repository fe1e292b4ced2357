import KafkaClient
import Testing

@testable import CommandLine

/// What `configs` makes of its options, before it asks anybody.
struct ConfigTaskTests {
    private static func task(_ words: String) throws(ConfigToolError) -> ConfigTask {
        let options: ConfigOptions
        do throws(OptionError) {
            let given = try ConfigsCommand.syntax.parse(words.split(separator: " ").map(String.init))
            options = try ConfigOptions(given)
        } catch {
            throw .illegal(error.message)
        }
        return try options.task()
    }

    @Test(arguments: [
        ("--describe --bootstrap-server b:1", "At least one entity type must be specified"),
        (
            "--describe --bootstrap-server b:1 --entity-type topics --entity-type brokers",
            "Only 'users' and 'clients' entity types may be specified together"
        ),
        (
            "--describe --bootstrap-server b:1 --entity-type users --entity-type users",
            "Duplicate entity type(s) specified: users"
        ),
        (
            "--describe --bootstrap-server b:1 --topic t --entity-name n",
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags"
        ),
        (
            "--describe --entity-type topics",
            "One of the required --bootstrap-server or --boostrap-controller arguments must be specified"
        ),
        (
            "--describe --topic t --bootstrap-server b:1 --bootstrap-controller c:1",
            "Only one of --bootstrap-server or --boostrap-controller can be specified"
        ),
        (
            "--describe --broker-logger x --bootstrap-server b:1",
            "The entity name for broker-loggers must be a valid integer broker id, but it is: x"
        ),
        (
            "--describe --entity-type topics --entity-default --bootstrap-server b:1",
            "--entity-default must not be specified with --describe of topics"
        ),
        (
            "--describe --entity-type broker-loggers --bootstrap-server b:1",
            "An entity name must be specified with --describe of broker-loggers"
        ),
        (
            "--alter --entity-type users --add-config a=b --bootstrap-server b:1",
            "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips"
        ),
        (
            "--alter --entity-type groups --add-config a=b --bootstrap-server b:1",
            "An entity name must be specified with --alter of groups"
        ),
        (
            "--alter --topic t --add-config a=b --add-config-file f --bootstrap-server b:1",
            "Only one of --add-config or --add-config-file must be specified"
        ),
        (
            "--alter --entity-type users --entity-type clients --entity-name u --add-config a=b --bootstrap-server b:1",
            "An entity name must be specified for every entity type"
        ),
        (
            "--alter --topic t --add-config a%=b --bootstrap-server b:1",
            "Invalid character found for config key: a%"
        ),
    ])
    func `options that do not fit are refused in Kafka's words`(words: String, sentence: String) {
        #expect(throws: ConfigToolError.illegal(sentence)) { try ConfigTaskTests.task(words) }
    }

    @Test func `a mistyped type leads to the one that was meant`() {
        do throws(ConfigToolError) {
            _ = try ConfigTaskTests.task("--describe --bootstrap-server b:1 --entity-type topcis")
            Issue.record("accepted")
        } catch {
            guard case .illegal(_, let hint) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(hint == "Did you mean topics?")
        }
    }

    @Test(
        arguments: [
            ("--describe --topic t", [.topics], ["t"]),
            ("--describe --entity-type brokers", [.brokers], []),
            ("--describe --broker-defaults", [.brokers], [""]),
            (
                "--describe --entity-type users --entity-default --entity-type clients --entity-name c",
                [.users, .clients], ["", "c"]
            ),
            ("--describe --client c --user u", [.clients, .users], ["c", "u"]),
            ("--describe --user-defaults --client c", [.clients, .users], ["c", ""]),
        ] as [(String, [ConfigEntityType], [String])]
    )
    func `types and names stand in the order in which they were given`(
        words: String,
        types: [ConfigEntityType],
        names: [String]
    ) throws {
        let task = try ConfigTaskTests.task(words + " --bootstrap-server b:1")
        #expect(task.types == types)
        #expect(task.names == names)
    }

    @Test(arguments: [
        ("a=b", ["a": "b"]),
        ("a=b,c=d", ["a": "b", "c": "d"]),
        ("a=[b,c],d=e", ["a": "b,c", "d": "e"]),
        ("a = b , c = d", ["a": "b", "c": "d"]),
        ("a=", ["a": ""]),
        ("a=b,", ["a": "b"]),
        ("SCRAM-SHA-256=[iterations=8192,password=x=y]", ["SCRAM-SHA-256": "iterations=8192,password=x=y"]),
    ])
    func `configs are parted at commas outside of brackets`(text: String, configs: [String: String]) throws {
        #expect(try ConfigChanges.assignments(text) == configs)
    }

    @Test(arguments: ["a", "a=b=c", "a=b,,c=d", ""])
    func `what is no list of configs is refused`(text: String) {
        #expect(throws: ConfigToolError.self) { try ConfigChanges.assignments(text) }
    }

    @Test func `a credential may leave out its iterations, and has enough of them`() throws {
        #expect(try ConfigTool.credential("password=secret", .sha256) == (4096, "secret"))
        #expect(try ConfigTool.credential("iterations=-1,password=a,b", .sha512) == (4096, "a,b"))
        #expect(throws: ConfigToolError.illegal("Invalid credential property SCRAM-SHA-256=secret")) {
            try ConfigTool.credential("secret", .sha256)
        }
        #expect(
            throws: ConfigToolError.illegal("Iterations 5 is less than the minimum 4096 required for SCRAM-SHA-512")
        ) {
            try ConfigTool.credential("iterations=5,password=a", .sha512)
        }
    }
}
