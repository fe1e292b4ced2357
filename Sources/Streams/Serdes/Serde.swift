import Records

/// How values of one type become the bytes of a record's key or value, and come back.
///
/// A serde has no state: one value serves every thread. Where a type has one natural serde it says so by
/// ``SerdeProviding``, and the DSL finds it by itself.
///
/// ```swift
/// let upperCase = Serde<String>(
///     name: "UpperCase",
///     serialize: { text, buffer in try Serde.string.serialize(text.uppercased(), &buffer) },
///     deserialize: { bytes in try Serde.string.deserialize(bytes) })
/// ```
// Unchecked: `null` is a constant, and no serde has a null that refers to anything.
public struct Serde<Value>: @unchecked Sendable {
    /// The name that errors and descriptions show.
    public let name: String

    /// Appends the bytes of a value to the buffer and returns true; or, when the value stands for Kafka's null, appends
    /// nothing and returns false. Errors: ``SerializationException``, or whatever a serde of the user's throws.
    public let serialize: @Sendable (Value, inout RawBuffer) throws -> Bool

    /// Reads a value from all of the bytes, which are valid only during the call. Null never comes here.
    public let deserialize: @Sendable (UnsafeRawBufferPointer) throws -> Value

    /// The value that stands for Kafka's null: `.some(nil)` for optionals, nil where the type has none.
    public let null: Value?

    /// The length in bytes that every value has, where they all have the same; nil otherwise. See ``list(of:)``.
    public let fixedSize: Int?

    /// A serde of these closures. `null` is the value that stands for Kafka's null, if the type has one; `fixedSize`
    /// the length in bytes, if all values have the same.
    public init(
        name: String,
        null: Value? = nil,
        fixedSize: Int? = nil,
        serialize: @escaping @Sendable (Value, inout RawBuffer) throws -> Bool,
        deserialize: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Value
    ) {
        self.name = name
        self.serialize = serialize
        self.deserialize = deserialize
        self.null = null
        self.fixedSize = fixedSize
    }
}

extension Serde {
    /// The bytes of `value` in memory of their own; nil where the value stands for null.
    ///
    /// For control paths and tests: hot paths reuse a buffer.
    public func bytes(of value: Value) throws -> Bytes? {
        var buffer = RawBuffer()
        guard try serialize(value, &buffer) else { return nil }
        return buffer.withUnsafeBytes { Bytes(copying: $0) }
    }

    /// The value of `bytes`, where nil is Kafka's null. Errors: as ``deserialize``, and null for a type that has none.
    public func value(of bytes: Bytes?) throws -> Value {
        if let bytes { return try bytes.withUnsafeBytes { raw in try deserialize(raw) } }
        guard let null else { throw SerializationException("\(name) has no value for null") }
        return null
    }
}

extension Serde: CustomStringConvertible {
    public var description: String { name }
}
