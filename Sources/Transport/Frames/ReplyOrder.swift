import DequeModule
import Records

/// What became of a request.
enum Reply: Sendable {
    case frame([BytesPart])
    /// The request asked for no answer, as Produce with acks=0 does.
    case nothing
    case close(reason: String)
}

/// Puts replies, which complete in any order, into the order of their requests.
///
/// A request takes a ticket with ``open()``; ``complete(_:with:)`` files its reply; ``popReady()`` hands replies out from
/// the oldest on.
///
/// Invariant: ``inFlight`` counts the tickets whose replies have not been popped.
struct ReplyOrder {
    private var replies = Deque<Reply?>()
    private var oldest: UInt64 = 0

    var inFlight: Int { replies.count }

    mutating func open() -> UInt64 {
        defer { replies.append(nil) }
        return oldest + UInt64(replies.count)
    }

    /// False for a ticket that was completed before: the reply is dropped.
    mutating func complete(_ ticket: UInt64, with reply: Reply) -> Bool {
        guard ticket >= oldest, ticket - oldest < UInt64(replies.count) else { return false }
        let index = Int(ticket - oldest)
        guard replies[index] == nil else { return false }
        replies[index] = reply
        return true
    }

    mutating func popReady() -> Reply? {
        guard let first = replies.first, let reply = first else { return nil }
        replies.removeFirst()
        oldest += 1
        return reply
    }
}
