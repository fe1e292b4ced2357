/// A type that has one natural serde, so that `builder.stream("refunds", String.self, Refund.self)` needs no more
/// words.
///
/// ```swift
/// struct Refund: SerdeProviding {
///     var amount: Double
///
///     static let serde = Serde<Refund>(
///         name: "Refund",
///         serialize: { refund, buffer in try Serde.double.serialize(refund.amount, &buffer) },
///         deserialize: { bytes in Refund(amount: try Serde.double.deserialize(bytes)) })
/// }
/// ```
public protocol SerdeProviding {
    /// How values of this type are written and read.
    static var serde: Serde<Self> { get }

    /// How arrays of this type are written and read: Kafka's list format, unless the type says otherwise, as bytes do.
    static var arraySerde: Serde<[Self]> { get }
}

extension SerdeProviding {
    public static var arraySerde: Serde<[Self]> { .list(of: serde) }
}
