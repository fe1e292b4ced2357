import KafkaProtocol

/// The levels of features that a folder is formatted with. See KIP-1022.
struct FormatFeatures {
    /// metadata.version first.
    let records: [AnyMetadataRecord]
    /// What the level of metadata.version is called.
    let releaseName: String

    /// Errors: ``StartupError`` for a feature that there is none of, or a level that it does not have.
    init(_ format: StorageFolders.Format, _ configuration: BrokerConfiguration) throws(StartupError) {
        for (name, level) in format.features {
            guard let feature = BrokerFeature.named(name) else {
                let names = BrokerFeature.all.map(\.name).filter { $0 != BrokerFeature.metadataVersion.name }
                throw StartupError(
                    "Unsupported feature: \(name). Supported features are: \(names.joined(separator: ", "))"
                )
            }
            guard feature.levels.contains(level) else {
                throw StartupError(
                    "No feature:\(name) with feature level \(level); its levels are \(feature.levels.lowerBound) to "
                        + "\(feature.levels.upperBound)"
                )
            }
        }
        let kraft = format.features[BrokerFeature.kraftVersion.name]
        if let kraft, (kraft > 0) != (format.voters != nil) {
            throw StartupError(
                "Cannot set kraft.version to \(kraft) \(kraft > 0 ? "unless" : "if") KIP-853 configuration is present. "
                    + "Try removing the --feature flag for kraft.version."
            )
        }
        let level = format.features[BrokerFeature.metadataVersion.name]
        let release = level.flatMap { MetadataRelease(level: $0) } ?? .latest
        var records = [record(BrokerFeature.metadataVersion.name, release.level)]
        for feature in BrokerFeature.all
        where feature.name != BrokerFeature.metadataVersion.name && feature.name != BrokerFeature.kraftVersion.name {
            let level = format.features[feature.name] ?? release.defaultLevel(of: feature.name)
            if let needed = MetadataRelease.needed(by: feature.name, level: level), needed > release.level {
                throw StartupError(
                    "\(feature.name) could not be set to \(level) because it depends on metadata.version level \(needed)"
                )
            }
            if level > 0 { records.append(record(feature.name, level)) }
        }
        self.records = records
        releaseName = release.name
    }
}

private func record(_ name: String, _ level: Int16) -> AnyMetadataRecord {
    .featureLevel(FeatureLevelRecord(name: name, featureLevel: level))
}

/// A level of metadata.version: what it is called, and what goes with it.
public struct MetadataRelease: Sendable, Hashable {
    /// 7 or more.
    public let level: Int16

    static let names = [
        "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1",
        "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0",
        "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0",
    ]
    private static let first = BrokerFeature.metadataVersion.levels.lowerBound

    /// The newest.
    public static let latest = MetadataRelease(place: names.count - 1)
    /// The oldest that a cluster may begin with.
    public static let oldest = MetadataRelease(place: 0)

    private init(place: Int) { level = MetadataRelease.first + Int16(place) }

    /// Nil for a level that this release does not know.
    public init?(level: Int16) {
        guard BrokerFeature.metadataVersion.levels.contains(level) else { return nil }
        self.level = level
    }

    /// Reads `4.3-IV0`, `4.3`, or `4.3.0`; nil for a release that is not known.
    public init?(_ text: String) {
        if let place = MetadataRelease.names.firstIndex(of: text) {
            self.init(place: place)
            return
        }
        let short = text.split(separator: ".").prefix(2).joined(separator: ".")
        guard !short.contains("-"), let place = MetadataRelease.names.lastIndex(where: { $0.hasPrefix(short + "-") })
        else { return nil }
        self.init(place: place)
    }

    /// `4.3-IV0`.
    public var name: String {
        let place = Int(level - MetadataRelease.first)
        return MetadataRelease.names.indices.contains(place) ? MetadataRelease.names[place] : "\(level)"
    }

    /// The other features, in the order in which Kafka lists them.
    public static let features = [
        "kraft.version", "transaction.version", "group.version", "eligible.leader.replicas.version",
    ]

    /// The highest level of that feature; nil for one that is not known.
    public static func highestLevel(of feature: String) -> Int16? { BrokerFeature.named(feature)?.levels.upperBound }

    /// The level of a feature that a cluster of this release begins with.
    public func defaultLevel(of feature: String) -> Int16 {
        let since: [(String, Int16, Int16)] = [
            ("kraft.version", 21, 1), ("transaction.version", 24, 2), ("group.version", 22, 1),
            ("eligible.leader.replicas.version", 26, 1),
        ]
        return since.last { $0.0 == feature && $0.1 <= level }?.2 ?? 0
    }

    /// The level of metadata.version that a feature's level depends on.
    public static func needed(by feature: String, level: Int16) -> Int16? {
        feature == "eligible.leader.replicas.version" && level > 0 ? 23 : nil
    }
}
