/// Every config of a broker: the one place that names, types, judges and documents them.
///
/// The rows stand in extensions, one file for each subject.
enum BrokerConfigTable {
    static let definitions: [ConfigDefinition] =
        server + network + log + groups + groupAssignments + shareGroups + transactions + quorum + replication
        + security + authentication
        + tokenLogins + tiering

    static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })

    /// Names with a listener's prefix, `listener.name.plaintext.max.connections`, are known by what follows it.
    static func definition(of name: String) -> ConfigDefinition? {
        if let definition = byName[name] { return definition }
        guard name.hasPrefix("listener.name.") else { return nil }
        let rest = name.dropFirst("listener.name.".count)
        guard let dot = rest.firstIndex(of: ".") else { return nil }
        return byName[String(rest[rest.index(after: dot)...])]
    }
}
