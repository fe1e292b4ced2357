import NIOCore
import Records
import Synchronization

/// A frame on its way from a caller's thread to the connection's event loop.
struct OutgoingRequest: Sendable {
    let parts: [BytesPart]
    let deadline: NIODeadline?
    /// Nil where no reply is expected.
    let onReply: ReplyHandler?
}

/// Hands requests from callers' threads to the event loop: a lock and a swap, and the loop is woken only when the
/// hand-over was empty. Once closed it takes nothing more.
final class ClientOutbox: Sendable {
    private enum State {
        case open([OutgoingRequest])
        case closed(TransportError)
    }

    private let state = Mutex(State.open([]))

    /// Whether the caller must have the loop take what is here.
    func append(_ request: OutgoingRequest) throws(TransportError) -> Bool {
        try state.withLock { state throws(TransportError) in
            switch state {
            case .open(var requests):
                state = .open([])
                requests.append(request)
                state = .open(requests)
                return requests.count == 1
            case .closed(let error):
                throw error
            }
        }
    }

    func takeAll() -> [OutgoingRequest] {
        state.withLock { state in
            guard case .open(let requests) = state else { return [] }
            state = .open([])
            return requests
        }
    }

    /// Closes, and gives back what was not taken. Only the first error stays.
    func close(_ error: TransportError) -> [OutgoingRequest] {
        state.withLock { state in
            guard case .open(let requests) = state else { return [] }
            state = .closed(error)
            return requests
        }
    }

    var isOpen: Bool {
        state.withLock { state in
            if case .open = state { return true }
            return false
        }
    }
}
