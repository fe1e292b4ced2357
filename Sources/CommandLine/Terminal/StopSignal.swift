import Synchronization
import UnixSignals

/// The request to end that Ctrl-C or `kill` makes.
///
/// Invariant: the first signal is remembered; further ones change nothing.
final class StopSignal: Sendable {
    private let first = Mutex<UnixSignal?>(nil)

    /// Whether the tool was asked to end.
    var isRaised: Bool { first.withLock { $0 } != nil }

    /// What a shell sees of a process that ended by the signal: 130 for SIGINT, 143 for SIGTERM; 0 without one.
    var exitCode: Int32 { first.withLock { $0 }.map { 128 + $0.rawValue } ?? 0 }

    /// Calls `action` once, at the first signal. The task watches until it is cancelled.
    func watch(_ action: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                let isFirst = first.withLock { first in
                    defer { first = first ?? signal }
                    return first == nil
                }
                if isFirst { await action() }
            }
        }
    }
}
