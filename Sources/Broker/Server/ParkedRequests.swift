/// A request that waits for something. Told, on its connection's event loop, when it should wait no longer, or when
/// nobody wants the answer any more.
protocol ParkedRequest: AnyObject {
    /// Answer now, with what is there.
    func release()
    func connectionClosed()
}

/// One connection's requests that wait. Touched on the connection's event loop only; that is what makes it Sendable.
final class ParkedRequests: @unchecked Sendable {
    private var requests: [ObjectIdentifier: any ParkedRequest] = [:]

    func insert(_ request: any ParkedRequest) { requests[ObjectIdentifier(request)] = request }

    func remove(_ request: any ParkedRequest) { requests[ObjectIdentifier(request)] = nil }

    /// Has every request answered, because the connection is about to close.
    func release() {
        for request in requests.values { request.release() }
    }

    func connectionClosed() {
        let waiting = requests.values
        requests = [:]
        for request in waiting { request.connectionClosed() }
    }
}
