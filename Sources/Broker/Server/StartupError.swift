/// Why a broker did not start, in one sentence for its operator.
public struct StartupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, with the file or key, and both values where two do not agree.
    public let description: String

    /// An error of these words.
    public init(_ description: String) { self.description = description }
}
