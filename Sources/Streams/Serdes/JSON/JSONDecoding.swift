/// Hands the value at a place of a JSON text to types that decode themselves.
struct JSONDecoding: Decoder {
    let text: JSONText
    let index: Int32

    var codingPath: [any CodingKey] { text.path(to: index) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard text.items[Int(index)].kind == .object else { throw text.mismatch([String: Any].self, index) }
        return KeyedDecodingContainer(JSONObjectDecoding(text: text, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard text.items[Int(index)].kind == .array else { throw text.mismatch([Any].self, index) }
        return JSONArrayDecoding(text: text, index: index)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

extension JSONDecoding: SingleValueDecodingContainer {
    func decodeNil() -> Bool { text.items[Int(index)].kind == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try text.decodeBool(index) }
    func decode(_ type: String.Type) throws -> String { try text.decodeString(index) }
    func decode(_ type: Double.Type) throws -> Double { try text.decodeDouble(index) }
    func decode(_ type: Float.Type) throws -> Float { try text.decodeFloat(index) }
    func decode(_ type: Int.Type) throws -> Int { try text.decodeInteger(index, type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try text.decodeInteger(index, type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try text.decodeInteger(index, type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try text.decodeInteger(index, type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try text.decodeInteger(index, type) }
    func decode(_ type: UInt.Type) throws -> UInt { try text.decodeInteger(index, type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try text.decodeInteger(index, type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try text.decodeInteger(index, type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try text.decodeInteger(index, type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try text.decodeInteger(index, type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}

/// The elements of an array, one after the other.
struct JSONArrayDecoding: UnkeyedDecodingContainer {
    let text: JSONText
    let index: Int32
    private var place: Int32
    private(set) var currentIndex = 0

    init(text: JSONText, index: Int32) {
        self.text = text
        self.index = index
        place = index + 1
    }

    var codingPath: [any CodingKey] { text.path(to: index) }
    var count: Int? { Int(text.items[Int(index)].count) }
    var isAtEnd: Bool { place >= text.items[Int(index)].next }

    /// Decodes the next element, and goes on only if that succeeds.
    private mutating func next<Value>(_ decode: (JSONDecoding) throws -> Value) throws -> Value {
        guard !isAtEnd else {
            let context = DecodingError.Context(codingPath: codingPath, debugDescription: "there are no more elements")
            throw DecodingError.valueNotFound(Value.self, context)
        }
        let value = try decode(JSONDecoding(text: text, index: place))
        place = text.items[Int(place)].next
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, text.items[Int(place)].kind == .null else { return false }
        return try next { _ in true }
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.decode(type) } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.decode(type) } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.decode(type) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next { try $0.decode(type) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.decode(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.decode(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.decode(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.decode(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.decode(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.decode(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.decode(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.decode(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.decode(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.decode(type) } }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next { try Value(from: $0) } }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}
