import ServiceLifecycle

/// A broker as a service of a `ServiceGroup`: starts when the group runs, stops when it shuts down.
public struct BrokerService: Service {
    private let server: BrokerServer

    /// A service that runs `server`, or stops it when its group shuts down.
    public init(_ server: BrokerServer) { self.server = server }

    /// Runs until the group shuts down gracefully or the task is cancelled. Errors: those of ``BrokerServer/start()``.
    public func run() async throws {
        try await server.start()
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // Cancelled means the same here: nothing acknowledged may be lost either way.
        }
        try await server.stop()
    }
}
