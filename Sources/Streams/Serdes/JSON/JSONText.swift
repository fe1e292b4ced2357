/// A JSON text taken apart once, without values: what stands where. Decoding looks things up in it.
///
/// Items stand in the order of the text: a container before what is in it, and in an object each name before its value.
/// It does not own its bytes: ``close()`` takes them away before they go, whoever has kept the decoder.
final class JSONText {
    /// One value or name of the text.
    struct Item {
        enum Kind: UInt8 {
            case object
            case array
            case string
            /// A string with escapes.
            case escaped
            case number
            case `true`
            case `false`
            case null
        }

        let kind: Kind
        /// Where it begins; strings without their quotation mark.
        let start: Int32
        /// How many bytes it has; a container, how many values are in it.
        var count: Int32
        /// The item after this one and all that is in it.
        var next: Int32
    }

    @exclusivity(unchecked) private(set) var bytes: UnsafeRawBufferPointer
    @exclusivity(unchecked) private(set) var items: [Item]

    /// Errors: `DecodingError` where it is no JSON, with the place in bytes.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count < Int(Int32.max) else { throw JSONText.corrupted("a text of \(bytes.count) bytes") }
        var scanner = JSONScanner(bytes)
        try scanner.scan()
        self.bytes = bytes
        items = scanner.items
    }

    /// Whoever decodes after this ends the process, in place of reading memory that is not there any more.
    func close() {
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        items = []
    }

    static func corrupted(_ description: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: description))
    }

    func slice(_ item: Item) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(item.start)..<Int(item.start + item.count)])
    }

    // MARK: Looking up

    /// The value of a name in the object at `index`, the last where there are several; nil where there is none.
    func member(_ name: String, of index: Int32) -> Int32? {
        let end = items[Int(index)].next
        var found: Int32?
        var place = index + 1
        var name = name
        name.withUTF8 { name in
            while place < end {
                if isName(place, name) { found = place + 1 }
                place = items[Int(place) + 1].next
            }
        }
        return found
    }

    private func isName(_ index: Int32, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let item = items[Int(index)]
        if item.kind == .string {
            guard Int(item.count) == name.count else { return false }
            let start = Int(item.start)
            for position in 0..<name.count where bytes[start + position] != name[position] { return false }
            return true
        }
        return JSONText.unescaped(slice(item))?.utf8.elementsEqual(name) ?? false
    }

    /// The names of an object, in the order of the text.
    func names(of index: Int32) -> [String] {
        let end = items[Int(index)].next
        var names: [String] = []
        var place = index + 1
        while place < end {
            if let name = string(place) { names.append(name) }
            place = items[Int(place) + 1].next
        }
        return names
    }

    /// The text of a string; nil where it is no string, or no UTF-8.
    func string(_ index: Int32) -> String? {
        let item = items[Int(index)]
        switch item.kind {
        case .string: return String(validating: slice(item), as: UTF8.self)
        case .escaped: return JSONText.unescaped(slice(item))
        default: return nil
        }
    }

    /// The names and places that lead to an item.
    func path(to index: Int32) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var container: Int32 = 0
        while container < index {
            let item = items[Int(container)]
            var place = container + 1
            var number = 0
            while place < item.next {
                let value = item.kind == .object ? place + 1 : place
                let next = items[Int(value)].next
                if index < next {
                    path.append(item.kind == .object ? JSONKey(string(place) ?? "") : JSONKey(number))
                    container = value
                    break
                }
                place = next
                number += 1
            }
            if place >= item.next { break }
        }
        return path
    }
}

/// A name or place on the way to a value.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) { (stringValue, intValue) = (name, nil) }
    init(_ place: Int) { (stringValue, intValue) = ("\(place)", place) }
    init(stringValue: String) { self.init(stringValue) }
    init(intValue: Int) { self.init(intValue) }
}
