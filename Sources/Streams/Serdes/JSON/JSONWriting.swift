import Records

/// Writes a JSON text as values encode themselves into it, member by member, in the order in which they do.
///
/// Members of a dictionary are sorted by name, since its own order changes from one run to the next: equal values have
/// equal bytes, as keys of records must.
final class JSONWriting {
    /// A container that more may be added to.
    private struct Open {
        let value: Int
        let isObject: Bool
        /// Where each member begins, in a dictionary.
        var members: [Int]?
        var count = 0
        /// Where the last name begins.
        var name = 0
    }

    @exclusivity(unchecked) private var buffer = RawBuffer(capacity: 256)
    @exclusivity(unchecked) private var open: [Open] = []
    /// The value that comes next, and has not been begun.
    @exclusivity(unchecked) private var pending: Int?
    @exclusivity(unchecked) private var lastValue = 0
    @exclusivity(unchecked) private var failure: EncodingError?

    init() {}

    /// Appends the text of a value. Errors: `EncodingError`, or what the value throws.
    static func write(_ value: some Encodable, into buffer: inout RawBuffer) throws {
        let writing = JSONWriting()
        try writing.encode(value, as: writing.newValue(), in: 0)
        writing.close(to: 0)
        if let failure = writing.failure { throw failure }
        writing.buffer.withUnsafeBytes { buffer.append($0) }
    }

    // MARK: Places

    /// Announces a value at the place that has been reached.
    private func newValue() -> Int {
        lastValue += 1
        pending = lastValue
        return lastValue
    }

    /// The next element of the container of `value`, which lies in as many containers as `depth` says.
    func element(of value: Int, at depth: Int) -> Int {
        member(of: value, at: depth)
        return newValue()
    }

    /// The value of the next name in the container of `value`.
    func element(_ name: String, of value: Int, at depth: Int) -> Int {
        member(of: value, at: depth)
        if depth < open.count { open[depth].name = buffer.count }
        append(text: name)
        buffer.append(uint8: UInt8(ascii: ":"))
        return newValue()
    }

    private func member(of value: Int, at depth: Int) {
        close(to: depth + 1)
        guard depth < open.count, open[depth].value == value else {
            return fail("a container was written to after the one around it went on")
        }
        if open[depth].count > 0 { buffer.append(uint8: UInt8(ascii: ",")) }
        open[depth].count += 1
        open[depth].members?.append(buffer.count)
    }

    /// How many elements an array has.
    func count(of value: Int, at depth: Int) -> Int {
        depth < open.count && open[depth].value == value ? open[depth].count : 0
    }

    /// Begins a container, or goes on with the one that the value has begun before.
    func begin(_ value: Int, in depth: Int, isObject: Bool, isSorted: Bool = false) {
        if depth < open.count, open[depth].value == value {
            guard open[depth].isObject == isObject else { return fail("a value is both an object and an array") }
            return
        }
        guard take(value) else { return }
        guard depth < JSONScanner.depthLimit else {
            return fail("more than \(JSONScanner.depthLimit) values in another")
        }
        buffer.append(uint8: UInt8(ascii: isObject ? "{" : "["))
        open.append(Open(value: value, isObject: isObject, members: isSorted ? [] : nil))
    }

    /// Whether a value may be written now.
    private func take(_ value: Int) -> Bool {
        guard pending == value else {
            fail("a value was written twice, or after the one around it went on")
            return false
        }
        pending = nil
        return true
    }

    /// Ends all containers beyond that depth.
    private func close(to depth: Int) {
        if pending != nil {
            // What encodes nothing is an object without members.
            pending = nil
            buffer.append(utf8: "{}")
        }
        while open.count > depth, let last = open.popLast() {
            if let members = last.members, members.count > 1 { sort(members) }
            buffer.append(uint8: UInt8(ascii: last.isObject ? "}" : "]"))
        }
    }

    /// Sorts the members of the last object by the bytes of their names.
    private func sort(_ starts: [Int]) {
        let bytes = buffer.withUnsafeBytes { [UInt8]($0[starts[0]...]) }
        let members = starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] - 1 : starts[0] + bytes.count
            return bytes[(starts[index] - starts[0])..<(end - starts[0])]
        }
        buffer.truncate(to: starts[0])
        for (index, member) in members.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
            if index > 0 { buffer.append(uint8: UInt8(ascii: ",")) }
            member.withUnsafeBytes { buffer.append($0) }
        }
    }

    // MARK: Values

    func encode<Value: Encodable>(_ value: Value, as place: Int, in depth: Int) throws {
        try value.encode(to: JSONEncoding(writing: self, value: place, depth: depth))
    }

    func writeNull(as value: Int) { if take(value) { buffer.append(utf8: "null") } }

    func write(_ truth: Bool, as value: Int) { if take(value) { buffer.append(utf8: truth ? "true" : "false") } }

    func write(_ text: String, as value: Int) { if take(value) { append(text: text) } }

    func write(_ number: some BinaryInteger, as value: Int) {
        if take(value) { buffer.append(utf8: number.description) }
    }

    func write(_ number: some BinaryFloatingPoint & CustomStringConvertible, as value: Int) throws {
        guard number.isFinite else {
            let context = EncodingError.Context(codingPath: path, debugDescription: "JSON has no \(number)")
            throw EncodingError.invalidValue(number, context)
        }
        guard take(value) else { return }
        var digits = number.description
        if digits.hasSuffix(".0") { digits.removeLast(2) }
        buffer.append(utf8: digits)
    }

    private func append(text: String) {
        var text = text
        buffer.append(uint8: UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            var plain = 0
            for (place, byte) in bytes.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                buffer.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain..<place]))
                append(escaped: byte)
                plain = place + 1
            }
            buffer.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain...]))
        }
        buffer.append(uint8: UInt8(ascii: "\""))
    }

    private func append(escaped byte: UInt8) {
        buffer.append(uint8: UInt8(ascii: "\\"))
        switch byte {
        case 0x08: buffer.append(uint8: UInt8(ascii: "b"))
        case 0x09: buffer.append(uint8: UInt8(ascii: "t"))
        case 0x0A: buffer.append(uint8: UInt8(ascii: "n"))
        case 0x0C: buffer.append(uint8: UInt8(ascii: "f"))
        case 0x0D: buffer.append(uint8: UInt8(ascii: "r"))
        case 0..<0x20:
            buffer.append(utf8: byte < 0x10 ? "u000\(String(byte, radix: 16))" : "u00\(String(byte, radix: 16))")
        default: buffer.append(uint8: byte)
        }
    }

    // MARK: Errors

    private func fail(_ description: String) {
        guard failure == nil else { return }
        failure = EncodingError.invalidValue("", .init(codingPath: path, debugDescription: description))
    }

    /// The names that lead to the value that is being written.
    var path: [any CodingKey] {
        open.compactMap { container in
            guard container.isObject, container.count > 0, let colon = nameEnd(from: container.name) else { return nil }
            return buffer.withUnsafeBytes { bytes in
                let name = UnsafeRawBufferPointer(rebasing: bytes[(container.name + 1)..<colon])
                return JSONKey(JSONText.unescaped(name) ?? "")
            }
        }
    }

    private func nameEnd(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            var place = start + 1
            while place < bytes.count {
                if bytes[place] == UInt8(ascii: "\\") {
                    place += 2
                } else if bytes[place] == UInt8(ascii: "\"") {
                    return place
                } else {
                    place += 1
                }
            }
            return nil
        }
    }
}
