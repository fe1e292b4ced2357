/// Settings that cannot be used: names that nobody knows, and values that do not fit.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value that does not fit its setting.
    public struct Invalid: Hashable, Sendable {
        public let name: String
        public let value: String
        public let reason: String
    }

    /// In alphabetical order.
    public let unknown: [String]
    /// In alphabetical order of the names.
    public let invalid: [Invalid]

    public init(unknown: [String], invalid: [Invalid]) {
        self.unknown = unknown.sorted()
        self.invalid = invalid.sorted { $0.name < $1.name }
    }

    public var description: String {
        let sentences =
            invalid.map { "Invalid value \($0.value) for configuration \($0.name): \($0.reason)" }
            + unknown.map { "Unknown configuration \($0)" }
        return sentences.joined(separator: "; ")
    }
}
