import Records

/// A producer as it names itself: its id with the epoch.
public struct ProducerIdentity: Sendable, Hashable {
    /// The producer's id.
    public let id: ProducerID
    /// The producer's epoch.
    public let epoch: ProducerEpoch

    /// The producer with these two.
    public init(_ id: ProducerID, _ epoch: ProducerEpoch) {
        self.id = id
        self.epoch = epoch
    }

    /// Nobody: -1, -1.
    public static let none = ProducerIdentity(.none, .none)
}

/// A producer begins a session with its transactional id. See KIP-98, KIP-360 and KIP-939.
public struct ProducerInitialisation: Sendable, Hashable {
    /// How long a transaction may stay open.
    public let timeout: Duration
    /// Who the producer was, where it goes on after an error; nil for a new one.
    public let expected: ProducerIdentity?
    /// The producer takes part in two-phase commits, which are not allowed here.
    public let enablesTwoPhaseCommit: Bool
    /// The producer wants its prepared transaction to be kept, which is not supported.
    public let keepsPreparedTransaction: Bool

    /// A request with these fields.
    public init(
        timeout: Duration,
        expected: ProducerIdentity? = nil,
        enablesTwoPhaseCommit: Bool = false,
        keepsPreparedTransaction: Bool = false
    ) {
        self.timeout = timeout
        self.expected = expected
        self.enablesTwoPhaseCommit = enablesTwoPhaseCommit
        self.keepsPreparedTransaction = keepsPreparedTransaction
    }
}

/// What becomes of a request to begin a session.
public enum InitialisationAnswer: Sendable, Hashable {
    case producer(ProducerIdentity)
    /// A transaction of the id was open and is being aborted: ask again.
    case fencingOngoing
}

/// A producer ends its transaction.
public struct TransactionEnd: Sendable, Hashable {
    /// The producer.
    public let producer: ProducerIdentity
    /// The outcome that it wants.
    public let commits: Bool
    /// The flow that it follows.
    public let version: TransactionVersion

    /// A request with these fields.
    public init(producer: ProducerIdentity, commits: Bool, version: TransactionVersion) {
        self.producer = producer
        self.commits = commits
        self.version = version
    }
}

/// Which transactional ids a list is to hold.
public struct TransactionFilter: Sendable, Hashable {
    /// Empty for any.
    public var states: Set<TransactionState> = []
    /// Whether ``states`` counts although it is empty: somebody named only states that there are none of.
    public var isRestrictedToStates = false
    /// Empty for any.
    public var producerIDs: Set<ProducerID> = []
    /// Only those whose transaction began longer ago; nil for any.
    public var longerThan: Duration?

    /// Takes every id.
    public init() {}

    func takes(_ metadata: TransactionMetadata, at now: Timestamp) -> Bool {
        if metadata.state == .dead { return false }
        if !producerIDs.isEmpty, !producerIDs.contains(metadata.producerID) { return false }
        if isRestrictedToStates, !states.contains(metadata.state) { return false }
        guard let longerThan else { return true }
        let (age, overflow) = now.rawValue.subtractingReportingOverflow(metadata.startTimestamp.rawValue)
        return overflow || age > longerThan.wholeMilliseconds
    }
}
