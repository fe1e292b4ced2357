import ServiceLifecycle

extension KafkaStreams: Service {
    /// Runs until the group shuts down gracefully or the task is cancelled. Errors: what ended the instance otherwise.
    public func run() async throws {
        try await start()
        await withTaskCancellationOrGracefulShutdownHandler {
            for await state in states where state.isTerminal { return }
        } onCancelOrGracefulShutdown: {
            self.beginShutdown()
        }
        // A cancelled task hears of no more states.
        await Task { _ = await close() }.value
        if let failure { throw failure }
    }
}
