/// Makes a state store for each task that uses it: a ``StoreBuilder``, or a type of one's own.
public protocol StoreBuilding: Sendable {
    /// The store's name in the topology.
    var name: String { get }
    /// Whether its changes go to a changelog topic, from which it is restored.
    var isLogged: Bool { get }
    /// What the changelog topic's configuration says beyond the defaults.
    var changelogConfiguration: [String: String] { get }
    /// What its changelog has to keep; ``ChangelogKind/latest`` unless a store says otherwise.
    var changelogKind: ChangelogKind { get }
    /// Makes a store that is not open yet.
    func build() throws -> any StateStore
}

extension StoreBuilding {
    public var changelogConfiguration: [String: String] { [:] }
    public var changelogKind: ChangelogKind { .latest }
}
