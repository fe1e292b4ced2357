/// Settings that cannot be used: names that nobody knows, and values that do not fit.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value that does not fit its setting.
    public struct Invalid: Hashable, Sendable {
        /// The dotted name.
        public let name: String
        /// The value as it was given.
        public let value: String
        /// Why it does not fit.
        public let reason: String

        /// A setting, its value, and why the value does not fit.
        public init(name: String, value: String, reason: String) {
            self.name = name
            self.value = value
            self.reason = reason
        }
    }

    /// In alphabetical order.
    public let unknown: [String]
    /// In alphabetical order of the names.
    public let invalid: [Invalid]

    /// Names that nobody knows, and values that do not fit.
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
