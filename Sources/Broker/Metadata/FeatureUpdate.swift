import KafkaProtocol
import Records

/// Sets a feature to another level, or checks whether it may be set. See KIP-584.
struct FeatureUpdate: Sendable, Hashable {
    /// What the client is ready for.
    enum Kind: Int8, Sendable {
        case upgrade = 1
        /// To a lower level, if nothing in the metadata is lost by it.
        case safeDowngrade = 2
        /// To a lower level, whatever is lost by it.
        case unsafeDowngrade = 3
    }

    let feature: String
    let level: Int16
    /// Nil for a number that stands for none.
    let kind: Kind?

    /// Levels of `metadata.version` at which the metadata changed, so that there is no safe way back below them.
    private static let metadataChanges: Set<Int16> = [8, 11, 13, 14, 15, 17, 23]

    /// The record that sets it. Errors: INVALID_UPDATE_VERSION.
    func plan(_ image: MetadataImage, nodeID: String) throws(APIFailure) -> AnyMetadataRecord {
        guard let kind else { throw refusal("The controller does not support the given upgrade type.") }
        guard level >= 0 else { throw refusal("A feature version cannot be less than 0.") }
        let known = BrokerFeature.named(feature)
        guard let known, known.levels.contains(level) else {
            guard let known else { throw refusal("Local controller \(nodeID) does not support this feature.") }
            let range = "\(known.levels.lowerBound)-\(known.levels.upperBound)"
            throw refusal("Local controller \(nodeID) only supports versions \(range)")
        }
        let current = image.features[feature] ?? 0
        if level < current, kind == .upgrade {
            throw refusal(
                "Can't downgrade the version of this feature without setting the upgrade type to either safe or "
                    + "unsafe downgrade."
            )
        }
        if level > current, kind != .upgrade { throw refusal("Can't downgrade to a newer version.") }
        if known.name == BrokerFeature.metadataVersion.name { try checkDowngrade(from: current, kind) }
        if known.name == BrokerFeature.kraftVersion.name, level != current {
            throw refusal("The voters of this cluster are fixed.")
        }
        return .featureLevel(FeatureLevelRecord(name: feature, featureLevel: level))
    }

    private func checkDowngrade(from current: Int16, _ kind: Kind) throws(APIFailure) {
        guard level < current, (level + 1...current).contains(where: FeatureUpdate.metadataChanges.contains) else {
            return
        }
        let reason =
            kind == .unsafeDowngrade
            ? "Unsafe metadata downgrade is not supported in this version."
            : "Refusing to perform the requested downgrade because it might delete metadata information."
        throw APIFailure(.invalidUpdateVersion, "Invalid metadata.version \(level). \(reason)")
    }

    private func refusal(_ reason: String) -> APIFailure {
        APIFailure(.invalidUpdateVersion, "Invalid update version \(level) for feature \(feature). \(reason)")
    }
}

extension MetadataController {
    /// Sets features, all of them or none, or only says whether they could be set.
    func updateFeatures(
        _ updates: [FeatureUpdate],
        validateOnly: Bool,
        _ completion: @escaping Completion<Void>
    ) {
        execute { [self] in
            let image = image
            completion(
                attempt { () throws(APIFailure) in
                    var records: [AnyMetadataRecord] = []
                    for update in updates {
                        records.append(try update.plan(image, nodeID: configuration.nodeID.description))
                    }
                    if !validateOnly { try commit(records) }
                }
            )
        }
    }
}
