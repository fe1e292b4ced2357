import Records

/// Stands for a request that waits for its answer. The shell makes one a request and knows whom it belongs to.
public struct ReplyTicket: RawRepresentable, Hashable, Sendable {
    /// The shell's own number of the request.
    public let rawValue: UInt64
    /// The ticket of this number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// An answer to a request that waited, or that has just come.
public enum TicketReply: Sendable, Hashable {
    case join(ReplyTicket, JoinReply)
    case sync(ReplyTicket, SyncReply)

    /// The request that is answered.
    public var ticket: ReplyTicket {
        switch self {
        case .join(let ticket, _), .sync(let ticket, _): ticket
        }
    }
}

/// What a group wants done after an event, besides the answer to the event itself.
///
/// Order: ``records`` are appended; when that fails, the event is undone and no reply leaves. ``replies`` leave once
/// the records are committed. ``notices`` go to the log.
public struct GroupEffects: Sendable, Hashable {
    /// Answers that are due.
    public var replies: [TicketReply] = []
    /// What is to be written, in order.
    public var records: [GroupRecord] = []
    /// Set where ``records`` belong to a producer's transaction.
    public var producer: ProducerIdentity?
    /// What is to be logged, in order.
    public var notices: [GroupNotice] = []

    /// Nothing to do.
    public init() {}

    /// Adds what another event wants after what this one wants.
    public mutating func append(_ other: GroupEffects) {
        replies += other.replies
        records += other.records
        notices += other.notices
    }
}
