import Records

/// What a broker runs with: Kafka's dotted names, read and judged once.
///
/// ```swift
/// let configuration = try BrokerConfiguration(properties: [
///     "listeners": "PLAINTEXT://127.0.0.1:9092", "log.dirs": "/var/lib/millrace",
/// ])
/// ```
///
/// Every name of Kafka 4.3 is known. Names that are unknown, and names that are known but have no effect here, are kept
/// for the log's warnings: see ``unknownNames`` and ``namesWithoutEffect``.
public struct BrokerConfiguration: Sendable {
    /// What was set, by name; defaults are not in it.
    let properties: [String: String]
    /// Names that were set and mean nothing to a broker.
    public let unknownNames: [String]
    /// Names that were set and are known, but that nothing here depends on.
    public let namesWithoutEffect: [String]

    /// `node.id`; 1 where neither it nor `broker.id` is set.
    let nodeID: BrokerID
    /// Where clients are listened for; controller listeners are left out.
    let listeners: [ListenerAddress]
    /// What clients are told to connect to. A port of 0 stands for the port that was bound.
    let advertisedListeners: [ListenerAddress]
    let controllerListenerNames: [ListenerName]
    let interBrokerListenerName: ListenerName?
    let logDirectories: [String]
    let metadataLogDirectory: String

    private let values: [String: ConfigValue]

    /// Reads `properties`. Errors: ``BrokerConfigurationError``, which names the key, its value and what is valid.
    public init(properties: [String: String]) throws(BrokerConfigurationError) {
        var values: [String: ConfigValue] = [:]
        var unknown: [String] = []
        var withoutEffect: [String] = []
        for (name, text) in properties {
            guard let definition = BrokerConfigTable.definition(of: name) else {
                unknown.append(name)
                continue
            }
            if !definition.isHonoured { withoutEffect.append(name) }
            do throws(InvalidConfigValue) {
                values[name] = try definition.parse(text)
            } catch {
                throw BrokerConfigurationError(name: name, value: text, reason: error.reason)
            }
        }
        self.properties = properties
        self.values = values
        unknownNames = unknown.sorted()
        namesWithoutEffect = withoutEffect.sorted()
        nodeID = try BrokerConfiguration.nodeID(values)
        let network = try NetworkConfiguration(properties)
        listeners = network.listeners
        advertisedListeners = network.advertisedListeners
        controllerListenerNames = network.controllerListenerNames
        interBrokerListenerName = network.interBrokerListenerName
        logDirectories = try BrokerConfiguration.logDirectories(properties)
        metadataLogDirectory = properties["metadata.log.dir"] ?? logDirectories[0]
    }

    /// The value of an integer config, or its default. Traps only for a name that the table does not have with that
    /// type.
    func integer(_ name: String) -> Int64 {
        guard let value = optionalInteger(name) else { preconditionFailure("\(name) has no default") }
        return value
    }

    /// The value of an integer config; nil where it has neither a value nor a default.
    func optionalInteger(_ name: String) -> Int64? {
        switch value(name) {
        case .integer(let value): value
        case .null, .boolean, .double, .string, .list: nil
        }
    }

    func boolean(_ name: String) -> Bool { value(name) == .boolean(true) }

    func string(_ name: String) -> String? {
        guard case .string(let text) = value(name) else { return nil }
        return text
    }

    func list(_ name: String) -> [String] {
        guard case .list(let texts) = value(name) else { return [] }
        return texts
    }

    /// Where `controller.quorum.voters` says that this node is; nil where it says nothing of it.
    var quorumVoter: (host: String, port: UInt16)? {
        for voter in list("controller.quorum.voters") {
            let parts = voter.split(separator: "@", maxSplits: 1)
            guard parts.count == 2, Int32(parts[0]) == nodeID.rawValue, let colon = parts[1].lastIndex(of: ":"),
                let port = UInt16(parts[1][parts[1].index(after: colon)...])
            else { continue }
            return (String(parts[1][..<colon]), port)
        }
        return nil
    }

    func milliseconds(_ name: String) -> Duration { .milliseconds(integer(name)) }

    private func value(_ name: String) -> ConfigValue {
        if let value = values[name] { return value }
        guard let definition = BrokerConfigTable.byName[name] else { preconditionFailure("no config named \(name)") }
        do throws(InvalidConfigValue) {
            return try definition.parse(definition.defaultValue)
        } catch {
            preconditionFailure("the default of \(name) is invalid: \(error)")
        }
    }

    private static func nodeID(_ values: [String: ConfigValue]) throws(BrokerConfigurationError) -> BrokerID {
        func read(_ name: String) throws(BrokerConfigurationError) -> BrokerID? {
            guard case .integer(let value) = values[name] else { return nil }
            guard value >= 0, let id = Int32(exactly: value) else {
                throw BrokerConfigurationError(name: name, value: "\(value)", reason: "Value must be at least 0")
            }
            return BrokerID(id)
        }
        let (node, broker) = (try read("node.id"), try read("broker.id"))
        if let node, let broker, node != broker {
            throw BrokerConfigurationError(
                name: "broker.id",
                value: "\(broker)",
                reason: "It must equal node.id, which is \(node), or be left out"
            )
        }
        return node ?? broker ?? BrokerID(1)
    }

    private static func logDirectories(_ properties: [String: String]) throws(BrokerConfigurationError) -> [String] {
        let name = properties["log.dirs"] == nil ? "log.dir" : "log.dirs"
        let text = properties[name] ?? "/tmp/kafka-logs"
        let folders = text.split(separator: ",").map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
        guard !folders.isEmpty else {
            throw BrokerConfigurationError(name: name, value: text, reason: "At least one folder is needed")
        }
        return folders
    }
}

/// A configuration that a broker refuses to start with: which key, its value, and what is valid.
public struct BrokerConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The dotted name.
    public let name: String
    /// The value as it was given.
    public let value: String
    /// What is wrong with it, and what would be right.
    public let reason: String

    public var description: String { "Invalid value \(value) for configuration \(name): \(reason)" }
}
