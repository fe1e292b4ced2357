import KafkaProtocol
import Logging
import NIOCore
import Records
import Transport

/// A connection to a broker whose versions are known. Requests are pipelined. Lives on the client's event loop.
final class BrokerConnection {
    let node: BrokerNode
    let versions: APIVersionTable
    private let connection: any ClientConnection
    private let clientID: String
    private var lastCorrelationID: Int32 = 0
    /// Requests that await their replies.
    private(set) var inFlight = 0

    init(node: BrokerNode, versions: APIVersionTable, connection: any ClientConnection, clientID: String) {
        self.node = node
        self.versions = versions
        self.connection = connection
        self.clientID = clientID
    }

    var isOpen: Bool { connection.isOpen }

    func close() { connection.close() }

    /// Sends the request that `make` builds for the negotiated version.
    func call<R: KafkaRequest>(
        limit: Int16? = nil,
        timeout: Duration,
        _ make: (Int16) -> R,
        completion: @escaping @Sendable (Result<R.Response, KafkaError>) -> Void
    ) {
        do {
            let version = try versions.version(for: R.self, limit: limit)
            let correlationID = nextCorrelationID()
            let frame = try encode(make(version), version, correlationID)
            inFlight += 1
            let bound = NIOLoopBound(self, eventLoop: connection.eventLoop)
            let deadline = connection.eventLoop.now + TimeAmount(timeout)
            connection.send(frame, deadline: deadline) { result in
                let this = bound.value
                this.inFlight -= 1
                completion(this.decode(R.self, result, version, correlationID))
            }
        } catch {
            completion(.failure(error))
        }
    }

    /// Sends a request that the broker does not answer: Produce with acks=0.
    func callOneWay<R: KafkaRequest>(limit: Int16? = nil, _ make: (Int16) -> R) throws(KafkaError) {
        let version = try versions.version(for: R.self, limit: limit)
        connection.sendOneWay(try encode(make(version), version, nextCorrelationID()))
    }

    private func nextCorrelationID() -> Int32 {
        lastCorrelationID = lastCorrelationID == .max ? 0 : lastCorrelationID + 1
        return lastCorrelationID
    }

    private func encode<R: KafkaRequest>(
        _ request: R,
        _ version: Int16,
        _ correlationID: Int32
    ) throws(KafkaError) -> [BytesPart] {
        do {
            return try request.frame(version: version, correlationID: correlationID, clientID: clientID)
        } catch {
            let message = "The request cannot be written in version \(version) of \(R.apiKey.name)."
            throw KafkaError(.invalidRequest, message, underlying: error)
        }
    }

    private func decode<R: KafkaRequest>(
        _: R.Type,
        _ result: Result<Bytes, TransportError>,
        _ version: Int16,
        _ correlationID: Int32
    ) -> Result<R.Response, KafkaError> {
        switch result {
        case .failure(let error):
            return .failure(KafkaError(error, node: node))
        case .success(let frame):
            do {
                let (header, body) = try ResponseHeader.decode(frame, for: R.apiKey, version)
                guard header.correlationID == correlationID else {
                    connection.close()
                    let numbers = "carries the id \(header.correlationID) in place of \(correlationID)"
                    return .failure(KafkaError(.networkException, "A response of node \(node.id) \(numbers)."))
                }
                return .success(try R.Response.decode(body, version: version))
            } catch {
                connection.close()
                let message = "A \(R.apiKey.name) response of node \(node.id) could not be read."
                return .failure(KafkaError(.unknownServerError, message, underlying: error))
            }
        }
    }
}

extension KafkaError {
    /// A failure of the connection to `node`, in the words that Kafka's clients use.
    init(_ error: TransportError, node: BrokerNode) {
        switch error.kind {
        case .connectFailed, .bindFailed:
            let sentence = "Connection to node \(node.id) (\(error.peer)) could not be established."
            self.init(.networkException, "\(sentence) Node may not be available.", underlying: error)
        case .requestTimedOut:
            self.init(.requestTimedOut, "Node \(node.id) (\(error.peer)) did not answer in time.", underlying: error)
        case .closed, .malformedStream:
            self.init(
                .networkException,
                "The connection to node \(node.id) (\(error.peer)) was lost.",
                underlying: error
            )
        }
    }
}
