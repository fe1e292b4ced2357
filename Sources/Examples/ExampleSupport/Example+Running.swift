import ArgumentParser
import Logging
import Records
import ServiceLifecycle
import Streams
import UnixSignals

extension Example {
    /// Runs the example as its options say, until it is told to end by SIGTERM or SIGINT, or the demonstration is over.
    public func run(_ options: ExampleOptions) async throws {
        let level = options.verbose ? Logger.Level.info : .error
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "millrace.\(applicationID)")
        let service: any Service
        if let server = options.bootstrapServer {
            service = try clusterService(server, options, logger)
        } else {
            service = EmbeddedExample(self, options, logger)
        }
        var group = ServiceGroupConfiguration(
            services: [
                .init(
                    service: service,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup
                )
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.logger.logLevel = .critical
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            Output.error("\(applicationID) ends: \(error)")
            throw ExitCode.failure
        }
    }

    private func clusterService(_ server: String, _ options: ExampleOptions, _ logger: Logger) throws -> any Service {
        let names = inputs.map(\.rawValue).joined(separator: ", ")
        Output.line("\(applicationID) reads \(names) and writes \(output) on \(server). Ctrl-C ends it.")
        return try KafkaStreams(
            topology,
            configuration(bootstrapServer: server, stateDirectory: options.stateDir),
            logger: logger
        )
    }
}
