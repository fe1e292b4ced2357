/// Reads a JSON text as RFC 8259 has it, and takes down what stands where.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private(set) var items: [JSONText.Item] = []

    /// How deep values may be nested.
    static let depthLimit = 512

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        items.reserveCapacity(16)
    }

    mutating func scan() throws {
        try value(depth: 0)
        skipBlanks()
        guard place == bytes.count else { throw flaw("something after the value") }
    }

    private func flaw(_ what: String) -> DecodingError { JSONText.corrupted("\(what) at byte \(place)") }

    @inline(__always)
    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    @inline(__always)
    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func add(_ kind: JSONText.Item.Kind, from start: Int) {
        items.append(
            .init(kind: kind, start: Int32(start), count: Int32(place - start), next: Int32(items.count + 1))
        )
    }

    private mutating func value(depth: Int) throws {
        skipBlanks()
        guard let first = next else { throw flaw("no value") }
        switch first {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONText.Item.Kind) throws {
        let start = place
        for offset in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[offset] else { throw flaw("no value") }
            place += 1
        }
        add(kind, from: start)
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws {
        try container(.object, end: UInt8(ascii: "}"), depth: depth) { scanner in
            scanner.skipBlanks()
            guard scanner.next == UInt8(ascii: "\"") else { throw scanner.flaw("no name") }
            try scanner.string()
            scanner.skipBlanks()
            guard scanner.next == UInt8(ascii: ":") else { throw scanner.flaw("no colon") }
            scanner.place += 1
        }
    }

    private mutating func array(depth: Int) throws {
        try container(.array, end: UInt8(ascii: "]"), depth: depth) { _ in }
    }

    @inline(__always)
    private mutating func container(
        _ kind: JSONText.Item.Kind,
        end: UInt8,
        depth: Int,
        _ name: (inout JSONScanner) throws -> Void
    ) throws {
        guard depth < JSONScanner.depthLimit else {
            throw flaw("more than \(JSONScanner.depthLimit) values in another")
        }
        let index = items.count
        add(kind, from: place)
        place += 1
        var count: Int32 = 0
        skipBlanks()
        if next == end {
            place += 1
        } else {
            while true {
                try name(&self)
                try value(depth: depth + 1)
                count += 1
                skipBlanks()
                if next == UInt8(ascii: ",") {
                    place += 1
                } else if next == end {
                    place += 1
                    break
                } else {
                    throw flaw("neither a comma nor an end")
                }
            }
        }
        items[index].count = count
        items[index].next = Int32(items.count)
    }

    // MARK: Scalars

    private mutating func string() throws {
        place += 1
        let start = place
        var kind = JSONText.Item.Kind.string
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                add(kind, from: start)
                place += 1
                return
            case UInt8(ascii: "\\"):
                kind = .escaped
                place += 2
            case 0..<0x20:
                throw flaw("a control character")
            default:
                place += 1
            }
        }
        place = start
        throw flaw("no end of a string that begins")
    }

    private mutating func number() throws {
        let start = place
        if next == UInt8(ascii: "-") { place += 1 }
        if next == UInt8(ascii: "0") {
            place += 1
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        add(.number, from: start)
    }

    private mutating func digits() throws {
        let start = place
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { place += 1 }
        guard place > start else { throw flaw("no value") }
    }
}

extension JSONText {
    /// The text of a string with escapes; nil where an escape is none, or it is no UTF-8.
    static func unescaped(_ bytes: UnsafeRawBufferPointer) -> String? {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                place += 1
                continue
            }
            guard place + 1 < bytes.count else { return nil }
            let escape = bytes[place + 1]
            place += 2
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(bytes, &place) else { return nil }
                text.append(contentsOf: Array(String(scalar).utf8))
            default: return nil
            }
        }
        return String(validating: text, as: UTF8.self)
    }

    /// The character of `uXXXX`, or of two that are a surrogate pair.
    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Unicode.Scalar? {
        guard let first = unit(bytes, &place) else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u") else {
            return nil
        }
        place += 2
        guard let second = unit(bytes, &place), (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func unit(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> UInt32? {
        guard place + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[place..<place + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        place += 4
        return value
    }
}
