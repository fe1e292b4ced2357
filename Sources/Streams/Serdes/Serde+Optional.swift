import Records

extension Serde {
    /// The same serde for values that may be absent: nil is Kafka's null, and null is nil.
    public var optional: Serde<Value?> {
        let wrapped = self
        return Serde<Value?>(
            name: "\(name)?",
            null: .some(nil),
            fixedSize: fixedSize,
            serialize: { value, buffer in
                guard let value else { return false }
                return try wrapped.serialize(value, &buffer)
            },
            deserialize: { bytes in try wrapped.deserialize(bytes) }
        )
    }
}

extension Optional: SerdeProviding where Wrapped: SerdeProviding {
    public static var serde: Serde<Wrapped?> { Wrapped.serde.optional }
}
