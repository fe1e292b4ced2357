/// An option of a tool: its name after the two hyphens, what it takes, and what it is for.
struct ToolOption: Sendable, Hashable {
    /// What stands behind the name.
    enum Argument: Sendable, Hashable {
        case none
        /// A value, called so in the help.
        case required(String)
        /// A value that may be left out.
        case optional(String)
    }

    let name: String
    let argument: Argument
    let help: String
    /// Where not empty, the option goes only with one of these.
    let beside: [String]
    /// The letter that may stand for the name, after one hyphen.
    let letter: String?

    private init(_ name: String, _ argument: Argument, _ help: String, beside: [String], letter: String? = nil) {
        self.name = name
        self.argument = argument
        self.help = help
        self.beside = beside
        self.letter = letter
    }

    /// An option without a value.
    static func flag(_ name: String, _ help: String, letter: String? = nil, beside: [String] = []) -> ToolOption {
        ToolOption(name, .none, help, beside: beside, letter: letter)
    }

    /// An option whose value is called `valueName`.
    static func value(
        _ name: String,
        _ valueName: String,
        _ help: String,
        letter: String? = nil,
        beside: [String] = []
    ) -> ToolOption {
        ToolOption(name, .required(valueName), help, beside: beside, letter: letter)
    }

    /// An option whose value may be left out.
    static func optional(_ name: String, _ valueName: String, _ help: String, beside: [String] = []) -> ToolOption {
        ToolOption(name, .optional(valueName), help, beside: beside)
    }

    /// Whether its value is the name of a file.
    var takesFile: Bool { argument == .required("file") }

    // What nearly every tool has.
    static let help = flag("help", "Print this help.", letter: "h")
    static let version = flag("version", "Print the version.")
    static let bootstrapServer = value("bootstrap-server", "host:port,...", "The servers to connect to.")
    static let commandConfig = value("command-config", "file", "Properties of the client.")
    static let output = value("output", "format", "How to print: text, as Kafka's tool does, or json.")
}
