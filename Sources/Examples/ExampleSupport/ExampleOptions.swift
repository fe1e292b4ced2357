import ArgumentParser

/// The options that every example has.
public struct ExampleOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "A broker of the cluster to run on. Without it the example runs on a broker within its own process, with sample records.",
            valueName: "host:port"
        )
    )
    public var bootstrapServer: String?

    @Option(help: ArgumentHelp("Where state is kept; a temporary folder without a cluster.", valueName: "folder"))
    public var stateDir: String?

    @Flag(help: "Run on a broker within the process, show sample records going through, and end.")
    public var demo = false

    @Flag(help: "Print what happens inside.")
    public var verbose = false

    public init() {}

    public func validate() throws {
        if demo, bootstrapServer != nil {
            throw ValidationError("--demo runs on a broker of its own; leave --bootstrap-server out.")
        }
    }
}
