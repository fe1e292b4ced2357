/// A level of the feature `transaction.version`: which flow of transactions a cluster or a client follows. See KIP-890.
public struct TransactionVersion: RawRepresentable, Hashable, Comparable, Sendable {
    /// The feature's level.
    public let rawValue: Int16
    /// The version of this level.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The flow of old, with records that cannot grow.
    public static let v0 = TransactionVersion(rawValue: 0)
    /// The flow of old; records have tagged fields.
    public static let v1 = TransactionVersion(rawValue: 1)
    /// Every transaction has an epoch of its own, and partitions join it by being written to.
    public static let v2 = TransactionVersion(rawValue: 2)

    public static func < (a: TransactionVersion, b: TransactionVersion) -> Bool { a.rawValue < b.rawValue }

    /// Whether the end of a transaction raises the producer's epoch.
    public var bumpsEpochs: Bool { self >= .v2 }

    /// The version of `TransactionLogValue` that is written at this level.
    var logValueVersion: Int16 { self >= .v1 ? 1 : 0 }
}
