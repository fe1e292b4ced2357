/// A type that has one natural serde, so that `builder.stream("orders", String.self, Order.self)` needs no more words.
///
/// ```swift
/// extension Order: SerdeProviding {
///     static var serde: Serde<Order> { orderSerde }
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
