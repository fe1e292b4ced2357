import KafkaProtocol
import NIOCore
import Records

/// Where a consumer stands in one partition.
///
/// Two offsets move: ``position``, up to which the application has been given everything, and ``fetchOffset``, up to
/// which batches lie in the buffer. Invariant: `position <= fetchOffset`, and what lies between is buffered, under the
/// current ``incarnation``.
struct PartitionState {
    /// How the position is found.
    enum Phase: Hashable {
        /// It is to be asked for what the group has committed.
        case initializing
        /// It is to be looked up.
        case awaitingReset(OffsetQuery)
        /// It is known, and batches may be fetched.
        case fetching
    }

    var phase = Phase.initializing
    /// Where the application is. Meaningful while fetching.
    private(set) var position = Offset.zero
    /// The leader epoch of the last batch before the position.
    private(set) var positionEpoch = LeaderEpoch.none
    /// Where the next fetch begins.
    private(set) var fetchOffset = Offset.zero
    /// Changes whenever the position is set anew: answers to older questions are dropped.
    private(set) var incarnation: Int
    var isPaused = false
    /// The partition is about to be given up: nothing is fetched or delivered.
    var isPendingRevocation = false
    /// A question about the partition awaits its answer, or an error its delivery.
    var isInFlight = false
    /// No request before this.
    var notBefore = NIODeadline.uptimeNanoseconds(0)
    /// Bytes that lie in the buffer.
    var bufferedBytes = 0
    var highWatermark: Offset?
    var lastStableOffset: Offset?
    var logStartOffset: Offset?
    /// A replica that is nearer than the leader, and until when to use it. See KIP-392.
    var nearReplica: (broker: BrokerID, until: NIODeadline)?

    init(incarnation: Int) { self.incarnation = incarnation }

    /// Whether the application may be given batches.
    var isDeliverable: Bool { phase == .fetching && !isPaused && !isPendingRevocation }

    /// Whether there may be a request for batches, as far as the partition is concerned.
    func isFetchable(now: NIODeadline, maxBufferedBytes: Int) -> Bool {
        isDeliverable && !isInFlight && now >= notBefore && bufferedBytes < maxBufferedBytes
    }

    /// The position is known: what was asked before does not count any more.
    mutating func seek(_ offset: Offset, epoch: LeaderEpoch, incarnation: Int) {
        phase = .fetching
        position = offset
        positionEpoch = epoch
        fetchOffset = offset
        restart(incarnation)
    }

    /// The position is to be looked up.
    mutating func reset(_ query: OffsetQuery, incarnation: Int) {
        phase = .awaitingReset(query)
        restart(incarnation)
    }

    private mutating func restart(_ incarnation: Int) {
        self.incarnation = incarnation
        isInFlight = false
        notBefore = .uptimeNanoseconds(0)
        bufferedBytes = 0
    }

    /// Batches up to `offset` are in the buffer.
    mutating func fetched(upTo offset: Offset, bytes: Int) {
        fetchOffset = max(fetchOffset, offset)
        bufferedBytes += bytes
    }

    /// The application was given everything up to `offset`.
    mutating func delivered(upTo offset: Offset, epoch: LeaderEpoch, bytes: Int) {
        position = max(position, offset)
        if epoch != .none { positionEpoch = epoch }
        bufferedBytes = max(0, bufferedBytes - bytes)
    }
}

/// An offset that is asked for by what it stands for.
enum OffsetQuery: Hashable, Sendable {
    case earliest
    case latest
    /// The first record at or after this time.
    case time(Timestamp)

    /// As ListOffsets writes it.
    var wireTimestamp: Timestamp {
        switch self {
        case .earliest: -2
        case .latest: -1
        case .time(let timestamp): timestamp
        }
    }
}
