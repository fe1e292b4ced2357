import KafkaProtocol
import NIOCore
import Records
import Transport

/// Asks a broker for its versions before anything else: ApiVersions in our latest version, and in version 0 again when
/// the broker does not know that one (it answers error 35 in a body of version 0 whatever was asked). See KIP-511.
struct ConnectionHandshake {
    let node: BrokerNode
    let clientID: String
    let timeout: Duration

    static let softwareName = "millrace"
    static let softwareVersion = "0.1.0"

    func run(
        on connection: any ClientConnection,
        completion: @escaping @Sendable (Result<APIVersionTable, KafkaError>) -> Void
    ) {
        ask(connection, version: ApiVersionsRequest.versions.upperBound, completion)
    }

    private func ask(
        _ connection: any ClientConnection,
        version: Int16,
        _ completion: @escaping @Sendable (Result<APIVersionTable, KafkaError>) -> Void
    ) {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = ConnectionHandshake.softwareName
        request.clientSoftwareVersion = ConnectionHandshake.softwareVersion
        let frame: [BytesPart]
        do {
            frame = try request.frame(version: version, correlationID: 0, clientID: clientID)
        } catch {
            completion(.failure(KafkaError(.invalidRequest, "ApiVersions could not be written.", underlying: error)))
            return
        }
        connection.send(frame, deadline: connection.eventLoop.now + TimeAmount(timeout)) { result in
            switch result {
            case .failure(let error):
                completion(.failure(KafkaError(error, node: node)))
            case .success(let frame):
                switch read(frame, version: version) {
                case .success(let response) where response.errorCode == .unsupportedVersion && version > 0:
                    ask(connection, version: 0, completion)
                case .success(let response) where response.errorCode == .none:
                    completion(.success(APIVersionTable(response)))
                case .success(let response):
                    completion(.failure(KafkaError(response.errorCode)))
                case .failure(let error):
                    completion(.failure(error))
                }
            }
        }
    }

    private func read(_ frame: Bytes, version: Int16) -> Result<ApiVersionsResponse, KafkaError> {
        do {
            let (_, body) = try ResponseHeader.decode(frame, for: .apiVersions, version)
            if version > 0, let refusal = ConnectionHandshake.refusal(body) { return .success(refusal) }
            return .success(try ApiVersionsResponse.decode(body, version: version))
        } catch {
            let message = "Node \(node.id) (\(node.host):\(node.port)) does not answer as a Kafka broker does."
            return .failure(KafkaError(.unknownServerError, message, underlying: error))
        }
    }

    /// A body of version 0 that refuses the version asked for.
    private static func refusal(_ body: Bytes) -> ApiVersionsResponse? {
        guard body.count >= 2, body[0] == 0, body[1] == 35 else { return nil }
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        return response
    }
}

extension TimeAmount {
    /// The duration in nanoseconds, up to 292 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let limit = Int64.max / 1_000_000_000 - 1
        self = .nanoseconds(min(max(seconds, -limit), limit) * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
