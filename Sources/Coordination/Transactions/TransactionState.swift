/// Where a transactional id stands. The raw value is that of its record.
public enum TransactionState: Int8, Sendable, Hashable, CaseIterable {
    /// No transaction yet since the producer was initialised.
    case empty = 0
    /// Partitions belong to a transaction that is open.
    case ongoing = 1
    /// The outcome is decided: commit. Markers are being written.
    case prepareCommit = 2
    /// The outcome is decided: abort. Markers are being written.
    case prepareAbort = 3
    /// The last transaction was committed, and all its markers are written.
    case completeCommit = 4
    /// The last transaction was aborted, and all its markers are written.
    case completeAbort = 5
    /// The id expired and is being forgotten. Never written here: forgetting is one step.
    case dead = 6
    /// The producer is being fenced. Never written here: fencing and `prepareAbort` are one step.
    case prepareEpochFence = 7

    /// As tools print it.
    public var name: String {
        switch self {
        case .empty: "Empty"
        case .ongoing: "Ongoing"
        case .prepareCommit: "PrepareCommit"
        case .prepareAbort: "PrepareAbort"
        case .completeCommit: "CompleteCommit"
        case .completeAbort: "CompleteAbort"
        case .dead: "Dead"
        case .prepareEpochFence: "PrepareEpochFence"
        }
    }

    /// The state that tools call `name`.
    public init?(name: String) {
        guard let state = TransactionState.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    /// Whether the outcome is decided and markers are still to be written.
    public var isPrepared: Bool { self == .prepareCommit || self == .prepareAbort }

    /// Whether the id may be forgotten when it is idle for long.
    var mayExpire: Bool {
        switch self {
        case .empty, .completeCommit, .completeAbort: true
        case .ongoing, .prepareCommit, .prepareAbort, .dead, .prepareEpochFence: false
        }
    }
}
