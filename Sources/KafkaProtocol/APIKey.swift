/// An API of the protocol, by the number that leads a request.
///
/// A number that this release does not know is a valid value: it has no versions.
public struct APIKey: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The API of this number, known or not.
    public init(_ number: Int16) { rawValue = number }

    /// Who serves an API.
    public struct Listeners: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Brokers serve it to clients and to each other.
        public static let broker = Listeners(rawValue: 1)
        /// Controllers serve it to brokers and to each other.
        public static let controller = Listeners(rawValue: 2)
    }

    /// What the schema says of an API.
    struct Facts: Sendable {
        let name: String
        let oldest: Int16
        /// Below `oldest` where no version is left.
        let latest: Int16
        let latestStable: Int16
        /// The first flexible version; above `latest` where there is none.
        let firstFlexible: Int16
        let listeners: Listeners
    }

    private var facts: Facts? {
        rawValue >= 0 && Int(rawValue) < APIKey.table.count ? APIKey.table[Int(rawValue)] : nil
    }

    /// All APIs, by number, with those of which no version is left.
    public static var all: [APIKey] { table.indices.map { APIKey(Int16($0)) } }

    /// The name in the protocol, for example `Produce`; the number where it is unknown.
    public var name: String { facts?.name ?? String(rawValue) }

    /// The versions that this release speaks; nil where there are none.
    public var versions: ClosedRange<Int16>? {
        guard let facts, facts.oldest <= facts.latest else { return nil }
        return facts.oldest...facts.latest
    }

    /// The latest version that will not change any more; nil where there is none.
    public var latestStableVersion: Int16? {
        guard let facts, facts.oldest <= facts.latestStable else { return nil }
        return facts.latestStable
    }

    /// Who serves it; empty where nobody does.
    public var listeners: Listeners { facts?.listeners ?? [] }

    /// Whether `version` has compact lengths and tagged fields. False for an unknown API. See KIP-482.
    public func isFlexible(_ version: Int16) -> Bool {
        guard let facts else { return false }
        return version >= facts.firstFlexible
    }

    public static func < (a: APIKey, b: APIKey) -> Bool { a.rawValue < b.rawValue }
}

extension APIKey: CustomStringConvertible {
    public var description: String { name }
}
