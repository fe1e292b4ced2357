import KafkaProtocol
import Records

/// Which broker a request goes to.
public enum RequestDestination: Hashable, Sendable {
    /// Any broker that answers.
    case any
    /// This broker.
    case broker(BrokerID)
    /// The leader of a partition, as far as the metadata tells.
    case leader(TopicPartition)
    /// The coordinator of a group.
    case group(GroupID)
    /// The coordinator of a transactional id.
    case transaction(TransactionalID)
}

/// Who coordinates groups and transactional ids, as far as it was looked up.
struct CoordinatorCache {
    /// What is coordinated; the raw value is FindCoordinator's key type.
    enum Kind: Int8, Hashable {
        case group = 0
        case transaction = 1
    }

    struct Key: Hashable, Sendable {
        let kind: Kind
        let name: String
    }

    private var nodes: [Key: BrokerNode] = [:]

    subscript(key: Key) -> BrokerNode? { nodes[key] }

    mutating func found(_ key: Key, _ node: BrokerNode) { nodes[key] = node }

    /// The coordinator moved: the next request looks it up again.
    mutating func forget(_ key: Key) { nodes[key] = nil }

    mutating func forget(node: BrokerID) { nodes = nodes.filter { $0.value.id != node } }
}

extension RequestDestination {
    var coordinatorKey: CoordinatorCache.Key? {
        switch self {
        case .group(let group): CoordinatorCache.Key(kind: .group, name: group.rawValue)
        case .transaction(let id): CoordinatorCache.Key(kind: .transaction, name: id.rawValue)
        case .any, .broker, .leader: nil
        }
    }
}

extension FindCoordinatorResponse {
    /// The coordinator of `key`, from either form of the answer.
    func coordinator(of key: String) -> Result<BrokerNode, KafkaError> {
        if let found = coordinators.first(where: { $0.key == key }) {
            guard found.errorCode == .none else {
                return .failure(KafkaError(found.errorCode, found.errorMessage))
            }
            return .success(BrokerNode(id: found.nodeId, host: found.host, port: Int(found.port)))
        }
        guard errorCode == .none else { return .failure(KafkaError(errorCode, errorMessage)) }
        guard !host.isEmpty else { return .failure(KafkaError(.coordinatorNotAvailable)) }
        return .success(BrokerNode(id: nodeId, host: host, port: Int(port)))
    }
}
