import KafkaProtocol

/// UpdateFeatures (57), versions 0 to 2.
///
/// Sets features to other levels, all or none, or only checks it (version 1, KIP-778). A downgrade has to be named as
/// such. Up to version 1 every feature has an answer of its own; an error is that of the request (KIP-584).
struct UpdateFeaturesHandler: RequestHandler {
    let metadata: MetadataController

    func handle(_ request: UpdateFeaturesRequest, _ context: RequestContext, _ reply: Reply<UpdateFeaturesResponse>) {
        let updates = request.featureUpdates.map { update in
            let kind: FeatureUpdate.Kind? =
                context.version == 0
                ? (update.allowDowngrade ? .safeDowngrade : .upgrade) : FeatureUpdate.Kind(rawValue: update.upgradeType)
            return FeatureUpdate(feature: update.feature, level: update.maxVersionLevel, kind: kind)
        }
        let named = Set(updates.map(\.feature))
        guard named.count == updates.count else {
            return reply.send(
                UpdateFeaturesResponse(errorCode: .invalidRequest, errorMessage: "A feature comes twice.")
            )
        }
        metadata.updateFeatures(updates, validateOnly: request.validateOnly) { result in
            switch result {
            case .failure(let failure):
                let reason = failure.message ?? failure.code.message
                reply.send(
                    UpdateFeaturesResponse(
                        errorCode: failure.code,
                        errorMessage: "The update failed for all features since the following feature had an error: "
                            + reason
                    )
                )
            case .success:
                let results = context.version < 2 ? updates.map(\.feature) : []
                reply.send(
                    UpdateFeaturesResponse(
                        errorMessage: nil,
                        results: results.map { .init(feature: $0, errorMessage: nil) }
                    )
                )
            }
        }
    }
}
