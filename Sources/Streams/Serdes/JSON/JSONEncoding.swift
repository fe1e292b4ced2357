/// Takes a value that encodes itself to its place in a JSON text.
struct JSONEncoding: Encoder {
    let writing: JSONWriting
    /// The value's number, which tells it from others at the same place.
    let value: Int
    /// How many containers it lies in.
    let depth: Int

    var codingPath: [any CodingKey] { writing.path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        object(keyedBy: type, isSorted: ObjectIdentifier(type) == DictionaryKeyProbe.dictionaryKey)
    }

    func object<Key: CodingKey>(keyedBy type: Key.Type, isSorted: Bool) -> KeyedEncodingContainer<Key> {
        writing.begin(value, in: depth, isObject: true, isSorted: isSorted)
        return KeyedEncodingContainer(JSONObjectEncoding(writing: writing, value: value, depth: depth))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writing.begin(value, in: depth, isObject: false)
        return JSONArrayEncoding(writing: writing, value: value, depth: depth)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONEncoding: SingleValueEncodingContainer {
    func encodeNil() { writing.writeNull(as: value) }
    func encode(_ value: Bool) { writing.write(value, as: self.value) }
    func encode(_ value: String) { writing.write(value, as: self.value) }
    func encode(_ value: Double) throws { try writing.write(value, as: self.value) }
    func encode(_ value: Float) throws { try writing.write(value, as: self.value) }
    func encode(_ value: Int) { writing.write(value, as: self.value) }
    func encode(_ value: Int8) { writing.write(value, as: self.value) }
    func encode(_ value: Int16) { writing.write(value, as: self.value) }
    func encode(_ value: Int32) { writing.write(value, as: self.value) }
    func encode(_ value: Int64) { writing.write(value, as: self.value) }
    func encode(_ value: UInt) { writing.write(value, as: self.value) }
    func encode(_ value: UInt8) { writing.write(value, as: self.value) }
    func encode(_ value: UInt16) { writing.write(value, as: self.value) }
    func encode(_ value: UInt32) { writing.write(value, as: self.value) }
    func encode(_ value: UInt64) { writing.write(value, as: self.value) }
    func encode(_ value: some Encodable) throws { try value.encode(to: self) }
}

/// An array, element by element.
struct JSONArrayEncoding: UnkeyedEncodingContainer {
    let writing: JSONWriting
    let value: Int
    let depth: Int

    var codingPath: [any CodingKey] { writing.path }
    var count: Int { writing.count(of: value, at: depth) }

    private func next() -> JSONEncoding {
        JSONEncoding(writing: writing, value: writing.element(of: value, at: depth), depth: depth + 1)
    }

    func encodeNil() { next().encodeNil() }
    func encode(_ value: Bool) { next().encode(value) }
    func encode(_ value: String) { next().encode(value) }
    func encode(_ value: Double) throws { try next().encode(value) }
    func encode(_ value: Float) throws { try next().encode(value) }
    func encode(_ value: Int) { next().encode(value) }
    func encode(_ value: Int8) { next().encode(value) }
    func encode(_ value: Int16) { next().encode(value) }
    func encode(_ value: Int32) { next().encode(value) }
    func encode(_ value: Int64) { next().encode(value) }
    func encode(_ value: UInt) { next().encode(value) }
    func encode(_ value: UInt8) { next().encode(value) }
    func encode(_ value: UInt16) { next().encode(value) }
    func encode(_ value: UInt32) { next().encode(value) }
    func encode(_ value: UInt64) { next().encode(value) }
    func encode(_ value: some Encodable) throws { try value.encode(to: next()) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        next().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
    func superEncoder() -> any Encoder { next() }
}

/// An object, member by member.
struct JSONObjectEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writing: JSONWriting
    let value: Int
    let depth: Int

    var codingPath: [any CodingKey] { writing.path }

    private func next(_ key: any CodingKey) -> JSONEncoding {
        let element = writing.element(key.stringValue, of: value, at: depth)
        return JSONEncoding(writing: writing, value: element, depth: depth + 1)
    }

    func encodeNil(forKey key: Key) { next(key).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: String, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: Double, forKey key: Key) throws { try next(key).encode(value) }
    func encode(_ value: Float, forKey key: Key) throws { try next(key).encode(value) }
    func encode(_ value: Int, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: Int8, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: Int16, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: Int32, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: Int64, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: UInt, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: UInt8, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: UInt16, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: UInt32, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: UInt64, forKey key: Key) { next(key).encode(value) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try value.encode(to: next(key)) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        next(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { next(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { next(JSONKey("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { next(key) }
}

/// Finds out by which type of key the standard library's dictionaries encode themselves.
struct DictionaryKeyProbe: Encoder {
    private final class Found {
        var key: ObjectIdentifier?
    }

    private let found = Found()
    private let scratch = JSONEncoding(writing: JSONWriting(), value: 0, depth: 0)

    static let dictionaryKey: ObjectIdentifier? = {
        let probe = DictionaryKeyProbe()
        do {
            try ["": 0].encode(to: probe)
        } catch {
            // Then dictionaries are left in their own order.
            return nil
        }
        return probe.found.key
    }()

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        found.key = ObjectIdentifier(type)
        return scratch.object(keyedBy: type, isSorted: false)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { scratch.unkeyedContainer() }
    func singleValueContainer() -> any SingleValueEncodingContainer { scratch }
}
