/// Kafka's null in the records between operators.
///
/// Key and value of a record are optional: nil is null. A closure of the user's that takes a plain `Value` never sees
/// null. Where the user declares an optional type, as `stream("in", String.self, String?.self)` does, null is a value of
/// that type, `.some(nil)`, and his closures do see it; aggregations, joins and tables still take it for the null it is.
protocol NullableValue {
    static var nullValue: Self { get }
    var isNullValue: Bool { get }
}

extension Optional: NullableValue {
    static var nullValue: Wrapped? { nil }
    var isNullValue: Bool { self == nil }
}

/// What null is for one type, found once when a task is put together.
@usableFromInline
struct Nulls<Value> {
    /// Whether the type itself has a value for null.
    @usableFromInline let isNullable: Bool
    /// Null as the type's closures see it: `.some(nil)` for an optional type, nil for any other.
    @usableFromInline let visible: Value?

    @usableFromInline
    init() {
        let nullable = Value.self as? any NullableValue.Type
        isNullable = nullable != nil
        visible = nullable?.nullValue as? Value
    }

    /// The value, or nil where it is null in either form.
    @inlinable
    func plain(_ value: Value?) -> Value? {
        guard isNullable, let some = value, isNull(some) else { return value }
        return nil
    }

    /// The value as closures see it: null of an optional type is a value.
    @inlinable
    func shown(_ value: Value?) -> Value? { value ?? visible }

    @usableFromInline
    func isNull(_ value: Value) -> Bool { (value as? any NullableValue)?.isNullValue ?? false }
}
