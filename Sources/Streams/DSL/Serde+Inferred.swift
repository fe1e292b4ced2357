extension Serde {
    /// The serde that the type itself provides; nil where it provides none.
    ///
    /// Operators may yield values of any type; only where they are written to a topic or store a serde is needed.
    @usableFromInline
    static func inferred() -> Serde<Value>? {
        guard let providing = Value.self as? any SerdeProviding.Type else { return nil }
        return serde(of: providing)
    }

    private static func serde<Provider: SerdeProviding>(of type: Provider.Type) -> Serde<Value>? {
        type.serde as? Serde<Value>
    }
}
