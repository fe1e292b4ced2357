import Records
import Streams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A type of an example's own that travels as JSON, so that the console tools can read and write it.
///
/// ```swift
/// struct Payment: JSONRecord {
///     var amount: Int
/// }
/// builder.stream("payments", String.self, Payment.self)
/// ```
public protocol JSONRecord: Codable, Hashable, Sendable, SerdeProviding {}

extension JSONRecord {
    /// JSON with its keys in order: equal values have equal bytes, as keys of records must.
    public static var serde: Serde<Self> {
        Serde(
            name: "JSON<\(Self.self)>",
            serialize: { value, buffer in
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                buffer.append(Bytes(try encoder.encode(value)))
                return true
            },
            deserialize: { bytes in
                do {
                    return try JSONDecoder().decode(Self.self, from: Data(bytes))
                } catch {
                    throw SerializationException("JSON<\(Self.self)>: \(error)")
                }
            }
        )
    }
}
