import KafkaProtocol

/// The versions of each API that a broker speaks, as it told in ApiVersions.
public struct APIVersionTable: Sendable, Hashable {
    private let ranges: [APIKey: ClosedRange<Int16>]

    init(_ response: ApiVersionsResponse) {
        var ranges: [APIKey: ClosedRange<Int16>] = [:]
        for api in response.apiKeys where api.minVersion <= api.maxVersion {
            ranges[APIKey(api.apiKey)] = api.minVersion...api.maxVersion
        }
        self.ranges = ranges
    }

    /// What the broker speaks of `api`; nil where it does not know it.
    public subscript(api: APIKey) -> ClosedRange<Int16>? { ranges[api] }

    /// The highest version that both sides speak and `limit` allows. Errors: `UNSUPPORTED_VERSION` where there is none.
    public func version<R: KafkaRequest>(for request: R.Type, limit: Int16? = nil) throws(KafkaError) -> Int16 {
        guard let theirs = ranges[R.apiKey] else {
            throw KafkaError(.unsupportedVersion, "The broker does not support \(R.apiKey.name).")
        }
        let ours = R.versions.lowerBound...max(R.versions.lowerBound, min(R.versions.upperBound, stable(R.self)))
        let highest = min(ours.upperBound, theirs.upperBound, limit ?? .max)
        guard highest >= max(ours.lowerBound, theirs.lowerBound) else {
            let speaks = "The broker speaks versions \(theirs.lowerBound) to \(theirs.upperBound) of \(R.apiKey.name)"
            let wanted = "this client versions \(ours.lowerBound) to \(min(ours.upperBound, limit ?? .max))"
            throw KafkaError(.unsupportedVersion, "\(speaks), \(wanted).")
        }
        return highest
    }

    private func stable<R: KafkaRequest>(_: R.Type) -> Int16 { R.apiKey.latestStableVersion ?? R.versions.upperBound }
}
