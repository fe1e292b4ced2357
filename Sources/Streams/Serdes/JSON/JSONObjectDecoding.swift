/// The members of an object, by name.
struct JSONObjectDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let text: JSONText
    let index: Int32

    var codingPath: [any CodingKey] { text.path(to: index) }
    var allKeys: [Key] { text.names(of: index).compactMap { Key(stringValue: $0) } }
    func contains(_ key: Key) -> Bool { text.member(key.stringValue, of: index) != nil }

    /// The value of a name. Errors: `DecodingError.keyNotFound`.
    private func member(_ name: any CodingKey) throws -> Int32 {
        if let found = text.member(name.stringValue, of: index) { return found }
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "no value of this name")
        throw DecodingError.keyNotFound(name, context)
    }

    /// The value of a name; nil where there is none, or null.
    private func present(_ key: Key) -> Int32? {
        guard let found = text.member(key.stringValue, of: index), text.items[Int(found)].kind != .null else {
            return nil
        }
        return found
    }

    func decodeNil(forKey key: Key) throws -> Bool { text.items[Int(try member(key))].kind == .null }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try text.decodeBool(member(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try text.decodeString(member(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try text.decodeDouble(member(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try text.decodeFloat(member(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try text.decodeInteger(member(key), type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try text.decodeInteger(member(key), type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try text.decodeInteger(member(key), type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try text.decodeInteger(member(key), type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try text.decodeInteger(member(key), type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try text.decodeInteger(member(key), type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try text.decodeInteger(member(key), type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try text.decodeInteger(member(key), type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try text.decodeInteger(member(key), type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try text.decodeInteger(member(key), type) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: JSONDecoding(text: text, index: member(key)))
    }

    // One look-up in place of the three that the standard library makes. What synthesized code uses most.

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map { try text.decodeBool($0) }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try text.decodeString($0) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map { try text.decodeDouble($0) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try text.decodeInteger($0, type) }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key).map { try text.decodeInteger($0, type) }
    }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try present(key).map { try Value(from: JSONDecoding(text: text, index: $0)) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONDecoding(text: text, index: member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONDecoding(text: text, index: member(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { JSONDecoding(text: text, index: try member(JSONKey("super"))) }
    func superDecoder(forKey key: Key) throws -> any Decoder { JSONDecoding(text: text, index: try member(key)) }
}
