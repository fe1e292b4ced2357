/// What an instance is doing: Kafka Streams' states, by its names.
///
/// ```
/// CREATED -> REBALANCING <-> RUNNING
///    |           |             |
///    +-----------+-------------+--> PENDING_SHUTDOWN -> NOT_RUNNING
///                +-------------+--> PENDING_ERROR -> ERROR
/// ```
public enum StreamsState: String, Hashable, Sendable, CustomStringConvertible {
    /// It has not been started.
    case created = "CREATED"
    /// Tasks are being shared out, taken over or restored.
    case rebalancing = "REBALANCING"
    /// Every thread processes its tasks.
    case running = "RUNNING"
    /// It is being closed.
    case pendingShutdown = "PENDING_SHUTDOWN"
    /// It was closed.
    case notRunning = "NOT_RUNNING"
    /// It ends because of an error.
    case pendingError = "PENDING_ERROR"
    /// It has ended because of an error.
    case error = "ERROR"

    public var description: String { rawValue }

    /// Whether it has ended.
    public var isTerminal: Bool { self == .notRunning || self == .error }

    /// Whether it has ended, or will.
    var isEnding: Bool {
        switch self {
        case .created, .rebalancing, .running: false
        case .pendingShutdown, .notRunning, .pendingError, .error: true
        }
    }

    /// Whether `next` may follow.
    func allows(_ next: StreamsState) -> Bool {
        switch self {
        case .created: next == .rebalancing || next == .pendingShutdown || next == .pendingError
        case .rebalancing: next == .running || next == .pendingShutdown || next == .pendingError
        case .running: next == .rebalancing || next == .pendingShutdown || next == .pendingError
        case .pendingShutdown: next == .notRunning
        case .pendingError: next == .error
        case .notRunning, .error: false
        }
    }
}

/// What to do when a stream thread ends with an error. See KIP-671.
public enum StreamThreadExceptionResponse: Hashable, Sendable {
    /// Another thread takes its place.
    case replaceThread
    /// This instance ends, in state `ERROR`.
    case shutdownClient
    /// All instances of the application end.
    case shutdownApplication
}
