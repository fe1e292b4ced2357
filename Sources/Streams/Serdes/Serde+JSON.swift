import Records

extension Serde where Value: Codable & SendableMetatype {
    /// Values as JSON, by their `Codable`, without blanks and with members in the order in which they are encoded. Equal
    /// values have equal bytes, so that they may be keys: members of dictionaries are sorted by name.
    ///
    /// What is read may have members that the type does not know. Whatever else does not fit is a
    /// ``SerializationException`` that tells where: `JSON<Order>: items.2.price: a string for Double`.
    ///
    /// It takes neither Foundation nor much time: see `make bench BENCH=json`. So types of Foundation go by their own
    /// `Codable`: dates are seconds since 2001, as with `JSONEncoder`, but `Data` is an array of numbers and `URL` and `Decimal`
    /// are objects, unlike there. For other forms of those wrap them, or write a serde around `JSONEncoder`.
    ///
    /// ```swift
    /// struct Shipment: Codable {
    ///     var id: String
    ///     var weight: Double
    /// }
    /// let shipments = builder.stream("shipments", key: .string, value: .json(Shipment.self))
    /// ```
    public static func json(_ type: Value.Type = Value.self) -> Serde<Value> {
        let name = "JSON<\(Value.self)>"
        return Serde(
            name: name,
            serialize: { value, buffer in
                do {
                    try JSONWriting.write(value, into: &buffer)
                } catch {
                    throw SerializationException("\(name): \(JSONProblem.text(of: error))")
                }
                return true
            },
            deserialize: { bytes in
                do {
                    let text = try JSONText(bytes)
                    defer { text.close() }
                    return try Value(from: JSONDecoding(text: text, index: 0))
                } catch {
                    throw SerializationException("\(name): \(JSONProblem.text(of: error))")
                }
            }
        )
    }
}

/// A type that travels as JSON. See ``Serde/json(_:)``.
///
/// ```swift
/// struct Shipment: JSONRecord {
///     var id: String
///     var weight: Double
/// }
/// let shipments = builder.stream("shipments", String.self, Shipment.self)
/// ```
public protocol JSONRecord: Codable, Sendable, SerdeProviding {}

extension JSONRecord {
    public static var serde: Serde<Self> { .json() }
}

/// What the errors of `Codable` say, in one line.
private enum JSONProblem {
    static func text(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context): line(context.codingPath + [key], "is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            line(context.codingPath, context.debugDescription)
        case EncodingError.invalidValue(_, let context): line(context.codingPath, context.debugDescription)
        default: "\(error)"
        }
    }

    private static func line(_ path: [any CodingKey], _ text: String) -> String {
        path.isEmpty ? text : path.map(\.stringValue).joined(separator: ".") + ": " + text
    }
}
