import Records

/// Hands out producer ids from a block of them that the metadata log has reserved for this broker, each once.
///
/// ```swift
/// var block = ProducerIDBlock()
/// switch block.next() {
/// case .id(let id): ...
/// case .exhausted: ... // reserve a block, then block.refill(with: range)
/// }
/// ```
///
/// A block that was begun when the broker stops is lost: ids are never handed out twice, and there are enough.
public struct ProducerIDBlock: Sendable, Hashable {
    /// The answer to somebody who needs an id.
    public enum Next: Sendable, Hashable {
        case id(ProducerID)
        /// Reserve another block.
        case exhausted
    }

    /// Ids in a block, as Kafka has it.
    public static let size: Int64 = 1_000

    private var remaining: Range<Int64> = 0..<0

    /// Holds no ids: the first call asks for a block.
    public init() {}

    /// Takes an id.
    public mutating func next() -> Next {
        guard let id = remaining.first else { return .exhausted }
        remaining = id + 1..<remaining.upperBound
        return .id(ProducerID(id))
    }

    /// Takes over a block that was reserved. What is left of the one before is given up.
    public mutating func refill(with block: Range<Int64>) { remaining = block }
}
