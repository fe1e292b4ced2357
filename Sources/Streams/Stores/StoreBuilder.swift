/// How a store is made: the topology holds one, and each task makes its store of it.
///
/// ```swift
/// let visits = Stores.keyValueStore("visits", String.self, Int64.self, isCached: true)
/// ```
public struct StoreBuilder<Store: StateStore>: StoreBuilding {
    public let name: String
    /// Whether its committed content survives a restart without its changelog.
    public let isPersistent: Bool
    /// Whether changes are held back and forwarded with the commit.
    public let isCached: Bool
    /// Whether its changes are logged, and how its changelog topic is configured.
    public let logging: StoreLogging
    public let changelogKind: ChangelogKind
    /// Why it cannot be made; nil where it can.
    var problem: String?
    private let make: @Sendable () -> Store

    /// A builder of own stores: `make` is called for each task. See ``StateStore``.
    public init(
        name: String,
        isPersistent: Bool,
        isCached: Bool = false,
        logging: StoreLogging = .enabled(),
        changelogKind: ChangelogKind = .latest,
        make: @escaping @Sendable () -> Store
    ) {
        self.name = name
        self.isPersistent = isPersistent
        self.isCached = isCached
        self.logging = logging
        self.changelogKind = changelogKind
        self.make = make
    }

    /// Whether its changes go to a changelog topic.
    public var isLogged: Bool { logging.isEnabled }

    public var changelogConfiguration: [String: String] {
        switch logging {
        case .enabled(let configuration): configuration
        case .disabled: [:]
        }
    }

    /// A store for one task, not open yet.
    public func makeStore() -> Store { make() }

    public func build() -> any StateStore { make() }
}

/// Whether a store's changes are logged to a changelog topic.
///
/// ```swift
/// words.groupByKey().count(
///     materialized: Materialized("counts", logging: .enabled(topicConfiguration: ["segment.bytes": "1048576"])))
/// ```
public enum StoreLogging: Hashable, Sendable {
    /// Logged; the configuration is the changelog topic's beyond the defaults.
    case enabled(topicConfiguration: [String: String] = [:])
    /// Not logged: the store is empty, or as its disk has it, when its task comes to another instance.
    case disabled

    /// Whether changes are logged.
    public var isEnabled: Bool {
        switch self {
        case .enabled: true
        case .disabled: false
        }
    }
}
