import KafkaClient

/// What `millrace configs` is to do.
struct ConfigTask: Sendable {
    enum Action: Sendable {
        case describe(all: Bool)
        case alter(ConfigChanges)
    }

    let action: Action
    /// One, or users and clients together.
    let types: [ConfigEntityType]
    /// An empty one stands for the default.
    let names: [String]
    let servers: String
    let commandConfig: String?
}

extension ConfigOptions {
    /// Checks the options in the order of Kafka's tool, and in its words.
    func task() throws(ConfigToolError) -> ConfigTask {
        let isAlter = given.has(ConfigOptions.alter)
        guard isAlter != given.has(ConfigOptions.describe) else {
            throw .misuse("Command must include exactly one action: --describe, --alter")
        }
        for option in [ConfigOptions.addConfig, ConfigOptions.deleteConfig] where !isAlter && given.has(option) {
            throw .misuse("Option \"[describe]\" can't be used with option \"[\(option.name)]\"")
        }
        let types = try entityTypes()
        let servers = try servers()
        try checkNames(types)
        if isAlter { try checkAlter(types) } else { try checkDescribe(types) }
        if isAlter, types.count != names.count {
            throw .illegal("An entity name must be specified for every entity type")
        }
        return ConfigTask(
            action: isAlter ? .alter(try ConfigChanges(self)) : .describe(all: given.has(ConfigOptions.all)),
            types: types,
            names: names,
            servers: servers,
            commandConfig: try value(.commandConfig)
        )
    }

    func value(_ option: ToolOption) throws(ConfigToolError) -> String? {
        do throws(OptionError) {
            return try given.value(option)
        } catch {
            throw .illegal(error.message)
        }
    }

    private func entityTypes() throws(ConfigToolError) -> [ConfigEntityType] {
        let repeated = typeNames.enumerated().filter { typeNames[..<$0.offset].contains($0.element) }.map(\.element)
        guard repeated.isEmpty else {
            throw .illegal("Duplicate entity type(s) specified: \(repeated.joined(separator: ","))")
        }
        var types: [ConfigEntityType] = []
        for name in typeNames {
            guard let type = ConfigEntityType(rawValue: name) else {
                let known = ConfigEntityType.allCases.map(\.rawValue)
                throw .illegal(
                    "Invalid entity type \(name), the entity type must be one of \(known.joined(separator: ", ")) "
                        + "with a "
                        + "--bootstrap-server or --bootstrap-controller argument",
                    hint: Suggestion.nearest(to: name, among: known).map { "Did you mean \($0)?" }
                )
            }
            types.append(type)
        }
        guard !types.isEmpty else { throw .illegal("At least one entity type must be specified") }
        guard types.count == 1 || Set(types) == [.users, .clients] else {
            throw .illegal("Only 'users' and 'clients' entity types may be specified together")
        }
        let long = [ConfigOptions.entityName, ConfigOptions.entityType, ConfigOptions.entityDefault]
        guard !hasShortForm || !long.contains(where: given.has) else {
            throw .illegal("--entity-{type,name,default} should not be used in conjunction with specific entity flags")
        }
        return types
    }

    private func servers() throws(ConfigToolError) -> String {
        let servers = try value(.bootstrapServer)
        let controllers = try value(ConfigOptions.bootstrapController)
        switch (servers, controllers) {
        case (nil, nil):
            throw .illegal(
                "One of the required --bootstrap-server or --boostrap-controller arguments must be specified"
            )
        case (_?, _?): throw .illegal("Only one of --bootstrap-server or --boostrap-controller can be specified")
        case (let servers?, nil), (nil, let servers?): return servers
        }
    }

    private func checkNames(_ types: [ConfigEntityType]) throws(ConfigToolError) {
        guard let type = types.first, names.contains(where: { !$0.isEmpty }) else { return }
        if type == .brokers || type == .brokerLoggers {
            for name in names where Int32(name) == nil && !name.isEmpty {
                throw .illegal(
                    "The entity name for \(type.rawValue) must be a valid integer broker id, but it is: \(name)"
                )
            }
        }
        if type == .ips {
            for name in names where !name.isEmpty && !HostResolution.isResolvable(name) {
                throw .illegal(
                    "The entity name for \(type.rawValue) must be a valid IP or resolvable host, but it is: \(name)"
                )
            }
        }
    }

    private func checkDescribe(_ types: [ConfigEntityType]) throws(ConfigToolError) {
        let list = types.map(\.rawValue).joined(separator: ",")
        if given.has(ConfigOptions.entityDefault), Set(types).isDisjoint(with: [.users, .clients, .brokers, .ips]) {
            throw .illegal("--entity-default must not be specified with --describe of \(list)")
        }
        if types.contains(.brokerLoggers), !names.contains(where: { !$0.isEmpty }) {
            throw .illegal("An entity name must be specified with --describe of \(list)")
        }
    }

    private func checkAlter(_ types: [ConfigEntityType]) throws(ConfigToolError) {
        if Set(types).isDisjoint(with: [.users, .clients, .brokers, .ips]) {
            guard names.contains(where: { !$0.isEmpty }) else {
                let list = types.map(\.rawValue).joined(separator: ",")
                throw .illegal("An entity name must be specified with --alter of \(list)")
            }
        } else if names.isEmpty {
            throw .illegal(
                "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips"
            )
        }
        let adds = given.has(ConfigOptions.addConfig)
        let addsFile = given.has(ConfigOptions.addConfigFile)
        if adds, addsFile { throw .illegal("Only one of --add-config or --add-config-file must be specified") }
        guard adds || addsFile || given.has(ConfigOptions.deleteConfig) else {
            throw .illegal(
                "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter"
            )
        }
    }
}
