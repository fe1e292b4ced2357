#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The listeners of a configuration: what is bound, what is advertised, and which of them belong to the controller.
struct NetworkConfiguration {
    let listeners: [ListenerAddress]
    let advertisedListeners: [ListenerAddress]
    let controllerListenerNames: [ListenerName]
    let interBrokerListenerName: ListenerName?

    init(_ properties: [String: String]) throws(BrokerConfigurationError) {
        let controllers = (properties["controller.listener.names"] ?? "").split(separator: ",")
            .map { ListenerName($0.trimmingWhitespace().uppercased()) }
        let bound = try NetworkConfiguration.addresses("listeners", properties["listeners"] ?? "PLAINTEXT://:9092")
        let clients = bound.filter { !controllers.contains($0.name) }
        controllerListenerNames = controllers
        listeners = clients
        try NetworkConfiguration.checkProtocols(clients, properties)
        advertisedListeners = try NetworkConfiguration.advertised(clients, controllers, properties)
        interBrokerListenerName = properties["inter.broker.listener.name"].map { ListenerName($0.uppercased()) }
    }

    private static func addresses(_ key: String, _ text: String) throws(BrokerConfigurationError) -> [ListenerAddress] {
        var addresses: [ListenerAddress] = []
        for part in text.split(separator: ",") where !part.trimmingWhitespace().isEmpty {
            guard let address = ListenerAddress(part.trimmingWhitespace()) else {
                throw BrokerConfigurationError(
                    name: key,
                    value: text,
                    reason: "An address looks like PLAINTEXT://host:port, not \(part)"
                )
            }
            if addresses.contains(where: { $0.name == address.name }) {
                throw BrokerConfigurationError(
                    name: key,
                    value: text,
                    reason: "Each listener must have a different name"
                )
            }
            if address.port != 0, addresses.contains(where: { $0.port == address.port && $0.host == address.host }) {
                throw BrokerConfigurationError(
                    name: key,
                    value: text,
                    reason: "Each listener must have a different port"
                )
            }
            addresses.append(address)
        }
        return addresses
    }

    private static func checkProtocols(
        _ listeners: [ListenerAddress],
        _ properties: [String: String]
    ) throws(BrokerConfigurationError) {
        let key = "listener.security.protocol.map"
        let known = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
        var protocols = Dictionary(uniqueKeysWithValues: known.map { (ListenerName($0), $0) })
        if let text = properties[key] {
            protocols = [:]
            for pair in text.split(separator: ",") {
                let parts = pair.split(separator: ":").map { $0.trimmingWhitespace().uppercased() }
                guard parts.count == 2, known.contains(parts[1]) else {
                    throw BrokerConfigurationError(
                        name: key,
                        value: text,
                        reason: "An entry is NAME:PROTOCOL with one of \(known.joined(separator: ", ")), not \(pair)"
                    )
                }
                protocols[ListenerName(parts[0])] = parts[1]
            }
        }
        for listener in listeners {
            guard let name = protocols[listener.name] else {
                throw BrokerConfigurationError(
                    name: "listeners",
                    value: "\(listener)",
                    reason: "\(key) has no entry for \(listener.name)"
                )
            }
            guard name == "PLAINTEXT" else {
                throw BrokerConfigurationError(
                    name: "listeners",
                    value: "\(listener)",
                    reason: "The protocol \(name) is not served by this broker; PLAINTEXT is"
                )
            }
        }
    }

    private static func advertised(
        _ listeners: [ListenerAddress],
        _ controllers: [ListenerName],
        _ properties: [String: String]
    ) throws(BrokerConfigurationError) -> [ListenerAddress] {
        let key = properties["advertised.listeners"] == nil ? "listeners" : "advertised.listeners"
        let addresses = try properties["advertised.listeners"].map { text throws(BrokerConfigurationError) in
            try NetworkConfiguration.addresses("advertised.listeners", text)
        }
        var advertised: [ListenerAddress] = []
        for address in addresses ?? listeners where !controllers.contains(address.name) {
            if address.host == "0.0.0.0" || address.host == "::" {
                throw BrokerConfigurationError(
                    name: key,
                    value: "\(address)",
                    reason:
                        "Clients cannot connect to \(address.host): set advertised.listeners to what they can reach"
                )
            }
            let host = address.host.isEmpty ? NetworkConfiguration.hostName() : address.host
            advertised.append(ListenerAddress(name: address.name, host: host, port: address.port))
        }
        for address in advertised where !listeners.contains(where: { $0.name == address.name }) {
            throw BrokerConfigurationError(
                name: key,
                value: "\(address)",
                reason: "There is no listener named \(address.name)"
            )
        }
        return advertised
    }

    /// This machine's name, or `localhost` where the system does not say.
    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }
}
