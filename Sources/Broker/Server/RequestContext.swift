import KafkaProtocol
import Records
import Transport

/// What a handler may know about a request besides its body.
struct RequestContext: Sendable {
    let apiKey: APIKey
    let version: Int16
    let correlationID: Int32
    /// The size of its frame, in bytes.
    let sizeInBytes: Int
    /// As the client named itself; empty where it did not.
    let clientID: String
    let connection: ServerConnection
    /// The listener that the request arrived at, for answers that name this broker's address.
    let listener: ListenerName
    /// Who is asking. Everybody is `User:ANONYMOUS` until listeners authenticate.
    let principal: Principal
    /// Where requests that wait are told that their connection is gone.
    let parked: ParkedRequests
    /// What the client said that it is.
    let software: ClientSoftware

    /// The peer's address as Kafka prints it in member descriptions: `/127.0.0.1`.
    var clientHost: String { "/" + connection.remoteHost }
}

/// The name of a listener: `PLAINTEXT`, or one that `listener.security.protocol.map` maps to a protocol.
struct ListenerName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    let rawValue: String
    init(rawValue: String) { self.rawValue = rawValue }
    init(_ value: String) { self.rawValue = value }
    var description: String { rawValue }
}

/// Who a connection speaks for, in Kafka's form `type:name`.
struct Principal: Hashable, Sendable, CustomStringConvertible {
    let type: String
    let name: String

    static let anonymous = Principal(type: "User", name: "ANONYMOUS")

    var description: String { "\(type):\(name)" }
}
