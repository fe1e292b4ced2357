import Dispatch

/// Runs `body`, which may block, on a thread of its own, so that no thread of the tasks' pool is held.
func onThread<R: Sendable>(_ label: String, _ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: label).async { continuation.resume(returning: body()) }
    }
}
