import KafkaClient
import KafkaProtocol

/// What a broker speaks, beside what this release speaks.
struct BrokerAPIVersions: Sendable {
    private let ranges: [APIKey: ClosedRange<Int16>]

    init(_ response: ApiVersionsResponse) {
        var ranges: [APIKey: ClosedRange<Int16>] = [:]
        for api in response.apiKeys where api.minVersion <= api.maxVersion {
            ranges[APIKey(api.apiKey)] = api.minVersion...api.maxVersion
        }
        self.ranges = ranges
    }

    /// A line for each API that the broker or this release knows, within parentheses.
    var text: String { "(\n\t" + keys.map(line).joined(separator: ",\n\t") + "\n)" }

    /// Those of the broker, and those of this release that brokers may serve.
    private var keys: [APIKey] {
        Set(ranges.keys).union(APIKey.all.filter { $0.versions != nil && $0.listeners.contains(.broker) }).sorted()
    }

    private func line(_ key: APIKey) -> String {
        let isKnown = APIKey.all.contains(key)
        let name = isKnown ? key.name : "UNKNOWN"
        guard let theirs = ranges[key] else { return "\(name)(\(key.rawValue)): UNSUPPORTED" }
        var line = "\(name)(\(key.rawValue)): \(theirs.lowerBound)"
        if theirs.count > 1 { line += " to \(theirs.upperBound)" }
        guard isKnown else { return line }
        guard let usable = usable(key, theirs) else {
            let isNew = key.versions.map { $0.upperBound < theirs.lowerBound } ?? true
            return line + " [unusable: node too \(isNew ? "new" : "old")]"
        }
        return line + " [usable: \(usable)]"
    }

    /// The highest version that both sides speak.
    private func usable(_ key: APIKey, _ theirs: ClosedRange<Int16>) -> Int16? {
        guard let ours = key.versions, ours.overlaps(theirs) else { return nil }
        return min(ours.upperBound, theirs.upperBound)
    }

    /// The broker and its APIs.
    func json(of broker: BrokerNode) -> JSONValue {
        .members([
            "id": .integer(Int64(broker.id.rawValue)), "host": .string(broker.host),
            "port": .integer(Int64(broker.port)),
            "rack": .text(broker.rack),
            "apis": .array(
                keys.map { key in
                    let theirs = ranges[key]
                    return .members([
                        "key": .integer(Int64(key.rawValue)), "name": .string(key.name),
                        "min": .number(theirs.map { Int64($0.lowerBound) }),
                        "max": .number(theirs.map { Int64($0.upperBound) }),
                        "usable": .number(theirs.flatMap { usable(key, $0) }.map(Int64.init)),
                    ])
                }
            ),
        ])
    }
}
