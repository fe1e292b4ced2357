import Records

/// The server behind a listener: it makes a session for each connection, and knows what frames mean.
///
/// The same service serves sockets (``TCPListener``) and callers in the process (``InProcessListener``).
public protocol FrameService: Sendable {
    /// Called on the connection's event loop before its first frame; nil refuses the connection, which is closed.
    func openSession(_ connection: ServerConnection) -> (any FrameSession)?
}

/// The service's side of one connection. Every call comes on the connection's event loop, so a session needs no lock.
public protocol FrameSession: AnyObject {
    /// A request frame without its length prefix.
    ///
    /// The frame has memory of its own and no other reader: the session may patch it in place. Answer through `reply`,
    /// exactly once, at once or later; replies leave in the order of their frames whenever they are given.
    func receive(_ frame: Bytes, reply: ReplySlot)

    /// No further frame comes, and the connection closes when those in flight are answered: what waits for something
    /// to happen should be answered now. Called at most once.
    func finishing()

    /// The connection is gone; called once, after the last frame. Replies given from now on are dropped.
    func closed(reason: String)
}

extension FrameSession {
    /// Nothing of this session waits.
    public func finishing() {}
}

/// The place where one request's reply goes. Use it exactly once, from any thread.
///
/// A slot that is never used holds back every later reply of its connection, and counts as in flight.
public struct ReplySlot: Sendable {
    /// The connection that the request came by.
    public let connection: ServerConnection
    let ticket: UInt64

    /// Sends one frame; the transport adds the length. Regions with a descriptor go by `sendfile` where they can.
    public func send(_ parts: [BytesPart]) {
        connection.complete(ticket, with: .frame(parts))
    }

    /// Ends the request without an answer.
    public func sendNothing() {
        connection.complete(ticket, with: .nothing)
    }

    /// Closes the connection when the replies before this one have left; `reason` goes to the log.
    public func close(reason: String) {
        connection.complete(ticket, with: .close(reason: reason))
    }
}
