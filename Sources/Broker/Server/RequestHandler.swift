import KafkaProtocol

/// Answers one API: one type and one file for each key.
///
/// A handler runs on the event loop that read the request and must not block it. It answers through `reply`, exactly
/// once: at once, or later and from any thread when it has to wait (a long poll, a join, a commit). Replies leave a
/// connection in the order of its requests whatever the order in which they are given.
///
/// An error of the domain is mapped to ``ErrorCode`` here, by an exhaustive switch, and nowhere else.
protocol RequestHandler: Sendable {
    associatedtype Request: KafkaRequest

    /// The versions that ApiVersions tells clients of. The schema's unless a client needs to be told otherwise.
    static var advertisedVersions: ClosedRange<Int16> { get }

    /// The versions that are served. A request of another one closes its connection.
    static var servedVersions: ClosedRange<Int16> { get }

    func handle(_ request: Request, _ context: RequestContext, _ reply: Reply<Request.Response>)
}

extension RequestHandler {
    static var advertisedVersions: ClosedRange<Int16> { servedVersions }
    static var servedVersions: ClosedRange<Int16> { Request.versions }
}

/// A handler that never waits: it computes its answer from what is in memory.
protocol ImmediateRequestHandler: RequestHandler {
    func response(to request: Request, _ context: RequestContext) -> Request.Response
}

extension ImmediateRequestHandler {
    func handle(_ request: Request, _ context: RequestContext, _ reply: Reply<Request.Response>) {
        reply.send(response(to: request, context))
    }
}
