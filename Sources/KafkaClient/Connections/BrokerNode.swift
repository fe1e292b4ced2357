import KafkaProtocol
import Records
import Transport

/// A broker and where it listens.
public struct BrokerNode: Hashable, Sendable, CustomStringConvertible {
    /// Its `node.id`; bootstrap servers, whose id is not known yet, count down from -1.
    public let id: BrokerID
    /// A name or an address.
    public let host: String
    /// The port that it listens on.
    public let port: Int
    /// `broker.rack`, where set.
    public let rack: String?

    /// A broker at this place.
    public init(id: BrokerID, host: String, port: Int, rack: String? = nil) {
        self.id = id
        self.host = host
        self.port = port
        self.rack = rack
    }

    var address: NetworkAddress { NetworkAddress(host: host, port: port) }

    public var description: String { "\(host):\(port) (id: \(id))" }
}

/// Which of several connections to a broker a request takes. Requests that wait long hold back those behind them, so
/// they go by a connection of their own.
public struct ConnectionLane: Hashable, Sendable {
    let name: String

    /// A lane of this name: as many connections to a broker as there are lanes in use.
    public init(_ name: String) { self.name = name }

    /// Requests that are answered at once.
    public static let general = ConnectionLane("general")
    /// Joins, heartbeats and commits of a group member.
    public static let coordinator = ConnectionLane("coordinator")
    /// Fetches, which wait for data.
    public static let fetch = ConnectionLane("fetch")
}
