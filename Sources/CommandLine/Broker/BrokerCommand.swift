import ArgumentParser
import Broker
import Logging
import ServiceLifecycle
import UnixSignals

/// `millrace broker`: a broker in the foreground until SIGTERM or SIGINT.
struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run a Kafka broker.",
        discussion: """
            Configuration has Kafka's names. An empty folder is formatted at the first start.
            SIGTERM and SIGINT stop it cleanly.

            Examples:
              millrace broker
              millrace broker config/server.properties --override log.retention.hours=24
              millrace broker --listeners PLAINTEXT://127.0.0.1:9092 --log-dirs /var/lib/millrace
            """,
        version: millraceVersion
    )

    @Argument(help: "A properties file, as Kafka's server.properties.", completion: .file(extensions: ["properties"]))
    var propertiesFile: String?

    @Option(name: .customLong("override"), help: "A property that wins over the file's; may be repeated.")
    var overrides: [PropertyArgument] = []

    @Option(
        help: ArgumentHelp("Where to listen; short for --override listeners=...", valueName: "PLAINTEXT://host:port")
    )
    var listeners: String?

    @Option(help: ArgumentHelp("Where the data is; short for --override log.dirs=...", valueName: "folder"))
    var logDirs: String?

    @Option(help: "The least severe log lines to print: trace, debug, info, notice, warning, error or critical.")
    var logLevel: LogLevelArgument = LogLevelArgument(level: .info)

    func run() async throws {
        let (level, output) = (logLevel.level, Console.standard("millrace").output)
        LoggingSystem.bootstrap { LogLineHandler(label: $0, level: level, sink: output) }
        let logger = Logger(label: "millrace")
        do {
            let server = BrokerServer(try brokerConfiguration(), logger: Logger(label: "millrace.broker"))
            var services = ServiceGroupConfiguration(
                services: [BrokerService(server)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            services.logger.logLevel = .warning
            try await ServiceGroup(configuration: services).run()
        } catch {
            logger.critical("the broker ends: \(error)")
            throw ExitCode.failure
        }
    }

    private func brokerConfiguration() throws -> BrokerConfiguration {
        var properties: [String: String] = [:]
        for override in overrides { properties[override.name] = override.value }
        if let listeners { properties["listeners"] = listeners }
        if let logDirs { properties["log.dirs"] = logDirs }
        guard let propertiesFile else { return try BrokerConfiguration(properties: properties) }
        return try BrokerConfiguration(file: propertiesFile, overrides: properties)
    }
}
