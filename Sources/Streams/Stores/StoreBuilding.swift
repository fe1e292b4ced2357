/// Makes a state store for each task that uses it: a ``StoreBuilder``, or a type of one's own.
public protocol StoreBuilding: Sendable {
    /// The store's name in the topology.
    var name: String { get }
    /// Whether its changes go to a changelog topic, from which it is restored.
    var isLogged: Bool { get }
    /// What the changelog topic's configuration says beyond the defaults.
    var changelogConfiguration: [String: String] { get }
    /// Makes a store that is not open yet.
    func build() throws -> any StateStore
}

extension StoreBuilding {
    public var changelogConfiguration: [String: String] { [:] }
}
