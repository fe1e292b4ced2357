import DequeModule
import NIOCore
import Records

typealias ReplyHandler = @Sendable (Result<Bytes, TransportError>) -> Void

/// A client connection's requests that await their replies, in the order in which they were sent.
struct PendingReplies {
    private struct Entry {
        let deadline: NIODeadline?
        let onReply: ReplyHandler
    }

    private var entries = Deque<Entry>()

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    mutating func append(deadline: NIODeadline?, onReply: @escaping ReplyHandler) {
        entries.append(Entry(deadline: deadline, onReply: onReply))
    }

    /// Whose reply has come.
    mutating func popFirst() -> ReplyHandler? { entries.popFirst()?.onReply }

    /// The earliest deadline of all; later requests may have earlier ones.
    var earliestDeadline: NIODeadline? { entries.lazy.compactMap(\.deadline).min() }

    /// Takes out those whose deadline has come.
    mutating func popExpired(now: NIODeadline) -> [ReplyHandler] {
        let expired = entries.filter { $0.deadline.map { $0 <= now } ?? false }
        guard !expired.isEmpty else { return [] }
        entries.removeAll { $0.deadline.map { $0 <= now } ?? false }
        return expired.map(\.onReply)
    }

    mutating func popAll() -> [ReplyHandler] {
        defer { entries = [] }
        return entries.map(\.onReply)
    }
}
