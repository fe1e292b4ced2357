import Records

extension Serde {
    /// Kafka's `ListSerde` over an element's serde.
    ///
    /// | bytes | elements of one fixed size (numbers, UUID) | other elements |
    /// |---|---|---|
    /// | 1 | 0 | 1 |
    /// | 4 + 4n | number n of nulls, and the index of each | absent |
    /// | 4 | number of elements, nulls included | the same |
    /// | rest | the bytes of each element that is not null | 4-byte length and bytes of each; length -1 for null |
    ///
    /// ```swift
    /// let baskets = builder.stream("baskets", key: .string, value: .list(of: .string))
    /// ```
    public static func list<Element>(of element: Serde<Element>) -> Serde<[Element]> where Value == [Element] {
        let name = "List<\(element.name)>"
        return Serde(
            name: name,
            serialize: { values, buffer in
                try ListFormat.write(values, element, name, into: &buffer)
                return true
            },
            deserialize: { bytes in
                var reader = ListFormat.Reader(bytes: bytes, name: name)
                return try reader.elements(element)
            }
        )
    }
}

extension Array: SerdeProviding where Element: SerdeProviding {
    public static var serde: Serde<[Element]> { Element.arraySerde }
}

/// The byte format of lists; see ``Serde/list(of:)``.
enum ListFormat {
    private static let constantSize: UInt8 = 0
    private static let variableSize: UInt8 = 1

    static func write<Element>(
        _ values: [Element],
        _ element: Serde<Element>,
        _ name: String,
        into buffer: inout RawBuffer
    ) throws {
        guard let count = Int32(exactly: values.count) else {
            throw SerializationException("\(name) takes at most \(Int32.max) elements, not \(values.count)")
        }
        // Elements go to a buffer of their own first: nulls and lengths stand before them.
        var nulls = [Int32]()
        var body = RawBuffer()
        var one = RawBuffer()
        for (index, value) in values.enumerated() {
            one.reset()
            guard try element.serialize(value, &one) else {
                nulls.append(Int32(index))
                if element.fixedSize == nil { body.append(int32: -1) }
                continue
            }
            guard let length = Int32(exactly: one.count) else {
                throw SerializationException("\(name): element \(index) takes \(one.count) bytes")
            }
            if element.fixedSize == nil { body.append(int32: length) }
            one.withUnsafeBytes { body.append($0) }
        }
        buffer.append(uint8: element.fixedSize == nil ? variableSize : constantSize)
        if element.fixedSize != nil {
            buffer.append(int32: Int32(nulls.count))
            for index in nulls { buffer.append(int32: index) }
        }
        buffer.append(int32: count)
        body.withUnsafeBytes { buffer.append($0) }
    }

    struct Reader {
        let bytes: UnsafeRawBufferPointer
        let name: String
        var position = 0

        init(bytes: UnsafeRawBufferPointer, name: String) {
            self.bytes = bytes
            self.name = name
        }

        mutating func elements<Element>(_ element: Serde<Element>) throws -> [Element] {
            let strategy = try take(1)[0]
            switch strategy {
            case constantSize:
                guard let size = element.fixedSize else {
                    throw SerializationException("\(name): elements of one size, but \(element.name) has no fixed size")
                }
                let nulls = try nullIndexes()
                let count = try length(of: "elements")
                // Each element takes bytes or an index, so a count beyond both is refused before memory is taken.
                guard count <= (bytes.count - position) / size + nulls.count else {
                    throw SerializationException("\(name): \(count) elements announced, \(bytes.count) bytes in all")
                }
                return try (0..<count).map { index in
                    nulls.contains(Int32(index)) ? try null(element) : try element.deserialize(take(size))
                }
            case variableSize:
                let count = try length(of: "elements")
                guard count <= (bytes.count - position) / 4 else {
                    throw SerializationException("\(name): \(count) elements announced, \(bytes.count) bytes in all")
                }
                return try (0..<count).map { _ in
                    let size = try int32()
                    return size == -1 ? try null(element) : try element.deserialize(take(Int(size)))
                }
            default:
                throw SerializationException("\(name): unknown serialization strategy \(strategy)")
            }
        }

        private mutating func nullIndexes() throws -> Set<Int32> {
            let count = try length(of: "nulls")
            guard count <= (bytes.count - position) / 4 else {
                throw SerializationException("\(name): \(count) nulls announced, \(bytes.count) bytes in all")
            }
            return try Set((0..<count).map { _ in try int32() })
        }

        private func null<Element>(_ element: Serde<Element>) throws -> Element {
            guard let null = element.null else { throw SerializationException("\(name): \(element.name) has no null") }
            return null
        }

        private mutating func length(of what: String) throws -> Int {
            let value = try int32()
            guard value >= 0 else { throw SerializationException("\(name): \(value) \(what)") }
            return Int(value)
        }

        private mutating func int32() throws -> Int32 {
            Int32(bigEndian: try take(4).loadUnaligned(as: Int32.self))
        }

        private mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
            guard count >= 0, count <= bytes.count - position else {
                throw SerializationException("\(name): \(count) bytes needed at \(position) of \(bytes.count)")
            }
            defer { position += count }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
        }
    }
}
