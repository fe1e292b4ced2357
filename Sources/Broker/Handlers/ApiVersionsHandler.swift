import KafkaProtocol
import Records

/// ApiVersions (18), versions 0 to 4.
///
/// Tells which versions of each API are served, made from the list of handlers itself, and the cluster's features:
/// those that this release supports and the levels that are finalized in the metadata (KIP-584). Produce is told from
/// version 0 although versions below 3 are refused: librdkafka looks for it there. A request of an unknown version is
/// answered in version 0 with UNSUPPORTED_VERSION and the versions of this API (KIP-511), by ``unsupportedVersion()``.
struct ApiVersionsHandler: ImmediateRequestHandler {
    typealias Request = ApiVersionsRequest

    private let table: [ApiVersionsResponse.ApiVersion]
    private let metadata: MetadataController

    /// `handlers` are all others; this one adds itself.
    init(_ handlers: [any RequestHandler], metadata: MetadataController) {
        var advertised = RequestRouter.advertisedVersions(handlers)
        advertised.append((ApiVersionsRequest.apiKey, ApiVersionsHandler.advertisedVersions))
        table = advertised.sorted { $0.key < $1.key }.map { key, versions in
            ApiVersionsResponse.ApiVersion(
                apiKey: key.rawValue,
                minVersion: versions.lowerBound,
                maxVersion: versions.upperBound
            )
        }
        self.metadata = metadata
    }

    func response(to request: ApiVersionsRequest, _ context: RequestContext) -> ApiVersionsResponse {
        if context.version >= 3, !isValid(request.clientSoftwareName) || !isValid(request.clientSoftwareVersion) {
            return ApiVersionsResponse(errorCode: .invalidRequest)
        }
        if context.version >= 3 {
            context.software.set(name: request.clientSoftwareName, version: request.clientSoftwareVersion)
        }
        let image = metadata.image
        return ApiVersionsResponse(
            apiKeys: table,
            supportedFeatures: supportedFeatures(version: context.version),
            finalizedFeaturesEpoch: max(0, image.nextOffset.rawValue - 1),
            finalizedFeatures: image.features.sorted { $0.key < $1.key }.map { name, level in
                ApiVersionsResponse.FinalizedFeatureKey(name: name, maxVersionLevel: level, minVersionLevel: level)
            }
        )
    }

    func unsupportedVersion() -> ApiVersionsResponse {
        ApiVersionsResponse(
            errorCode: .unsupportedVersion,
            apiKeys: table.filter { $0.apiKey == ApiVersionsRequest.apiKey.rawValue }
        )
    }

    /// Clients before version 4 do not understand a level of 0 and are told 1. See KIP-1022.
    private func supportedFeatures(version: Int16) -> [ApiVersionsResponse.SupportedFeatureKey] {
        BrokerFeature.all.map { feature in
            let least = version < 4 ? max(1, feature.levels.lowerBound) : feature.levels.lowerBound
            return ApiVersionsResponse.SupportedFeatureKey(
                name: feature.name,
                minVersion: least,
                maxVersion: feature.levels.upperBound
            )
        }
    }

    /// Letters, digits, dots and dashes, with a letter or digit at both ends.
    private func isValid(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = name.utf8.first, let last = name.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}
