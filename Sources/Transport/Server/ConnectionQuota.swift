/// Counts a listener's connections, in all and by address.
///
/// Invariant: `total` is the sum of `byAddress`, and no entry of `byAddress` is 0.
struct ConnectionQuota {
    let maxConnections: Int
    let maxConnectionsPerAddress: Int
    private(set) var total = 0
    private var byAddress: [String: Int] = [:]

    init(maxConnections: Int, maxConnectionsPerAddress: Int) {
        self.maxConnections = maxConnections
        self.maxConnectionsPerAddress = maxConnectionsPerAddress
    }

    /// Takes a place for a connection from `address`. Errors: the limit that is reached; nothing is counted then.
    mutating func admit(_ address: String) throws(ConnectionRefusal) {
        guard total < maxConnections else { throw .tooManyConnections(limit: maxConnections) }
        let count = byAddress[address, default: 0]
        guard count < maxConnectionsPerAddress else {
            throw .tooManyConnectionsFromAddress(address, limit: maxConnectionsPerAddress)
        }
        total += 1
        byAddress[address] = count + 1
    }

    mutating func release(_ address: String) {
        guard let count = byAddress[address] else { return }
        total -= 1
        byAddress[address] = count > 1 ? count - 1 : nil
    }
}

/// Why a connection was turned away.
enum ConnectionRefusal: Error, Hashable, CustomStringConvertible {
    case tooManyConnections(limit: Int)
    case tooManyConnectionsFromAddress(String, limit: Int)
    case serviceRefused

    var description: String {
        switch self {
        case .tooManyConnections(let limit): "the listener has \(limit) connections, its limit"
        case .tooManyConnectionsFromAddress(let address, let limit):
            "the listener has \(limit) connections from \(address), the limit for one address"
        case .serviceRefused: "the service refused the connection"
        }
    }
}
