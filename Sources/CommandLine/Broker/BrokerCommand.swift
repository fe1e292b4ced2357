import Broker
import Logging
import ServiceLifecycle
import UnixSignals

/// `millrace broker`, or `kafka-server-start.sh`: a broker until SIGTERM or SIGINT.
enum BrokerCommand: ToolCommand {
    static let daemon = ToolOption.flag(
        "daemon",
        "Start it in the background, and return. It logs to server.log in the folder LOG_DIR, logs by default."
    )
    static let override = ToolOption.value(
        "override",
        "name=value",
        "A property that wins over the file's; may be repeated."
    )
    static let listeners = ToolOption.value(
        "listeners",
        "PLAINTEXT://host:port",
        "Where to listen; short for --override listeners=..."
    )
    static let logDirs = ToolOption.value(
        "log-dirs",
        "folder",
        "Where the data is; short for --override log.dirs=..."
    )
    static let logLevel = ToolOption.value(
        "log-level",
        "level",
        "The least severe log lines to print: trace, debug, info (the default), notice, warning, error or critical."
    )

    static let syntax = ToolSyntax(
        name: "broker",
        abstract: "Run a Kafka broker.",
        purpose: "Run a Kafka broker. SIGTERM and SIGINT stop it cleanly.",
        examples: [
            "config/server.properties",
            "-daemon config/server.properties --override log.retention.hours=24",
            "--listeners PLAINTEXT://127.0.0.1:9092 --log-dirs /var/lib/millrace",
        ],
        options: [daemon, override, listeners, logDirs, logLevel],
        kafkaName: "kafka-server-start.sh",
        operands: "[server.properties]",
        needsArguments: false,
        details: [
            "Configuration has Kafka's names. An empty folder is formatted at the first start, which the log says."
        ]
    )

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        if options.words.isEmpty, console.caller?.hasPrefix("kafka-") == true {
            console.print(
                "USAGE: \(console.caller ?? "") [-daemon] server.properties [--override property=value]*"
            )
            return 1
        }
        guard options.strayWords.count < 2 else {
            let words = options.strayWords.dropFirst().joined(separator: ",")
            throw .misuse("Found non argument parameters: \(words)")
        }
        let level = try level(options)
        let properties = try overrides(options)
        let configuration: BrokerConfiguration
        do throws(BrokerConfigurationError) {
            if let file = options.strayWords.first {
                configuration = try BrokerConfiguration(file: file, overrides: properties)
            } else {
                configuration = try BrokerConfiguration(properties: properties)
            }
        } catch {
            throw .failed("The broker cannot start: \(error)")
        }
        if options.has(daemon) {
            try Daemon.start(arguments: options.words.filter { !["-daemon", "--daemon"].contains($0) })
            return 0
        }
        return await run(configuration, level, console)
    }

    private static func run(
        _ configuration: BrokerConfiguration,
        _ level: Logger.Level,
        _ console: Console
    ) async -> Int32 {
        LoggingSystem.bootstrap { LogLineHandler(label: $0, level: level, sink: console.output) }
        let logger = Logger(label: "millrace")
        do {
            let server = BrokerServer(configuration, logger: Logger(label: "millrace.broker"))
            var services = ServiceGroupConfiguration(
                services: [BrokerService(server)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            services.logger.logLevel = .warning
            try await ServiceGroup(configuration: services).run()
            return 0
        } catch {
            logger.critical("the broker ends: \(error)")
            return 1
        }
    }

    private static func level(_ options: ToolOptions) throws(ToolFailure) -> Logger.Level {
        guard let name = try read({ () throws(OptionError) in try options.value(logLevel) }) else { return .info }
        guard let level = Logger.Level(rawValue: name.lowercased()) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw .misuse("Invalid log level '\(name)'. Valid levels are: \(names)")
        }
        return level
    }

    /// Errors: an override without a name or a value, which Kafka refuses as well.
    private static func overrides(_ options: ToolOptions) throws(ToolFailure) -> [String: String] {
        var properties: [String: String] = [:]
        for text in options.values(override) {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw .refused("Invalid command line properties: \(text)")
            }
            properties[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        if let value = try read({ () throws(OptionError) in try options.value(listeners) }) {
            properties["listeners"] = value
        }
        if let value = try read({ () throws(OptionError) in try options.value(logDirs) }) {
            properties["log.dirs"] = value
        }
        return properties
    }
}
