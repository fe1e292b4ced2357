import Records

/// Reads the fields of a message, in the order of its schema.
///
/// The version and whether it is flexible (KIP-482) live here, so that generated code has one line a field. Every method
/// takes the field's name, which only an error uses. Nothing is read beyond `limit`, and nothing is allocated that the
/// bytes left could not justify.
///
/// The methods are not inlined: there are thousands of calls in generated code, and inlining them made the module a
/// fifth larger. Strings are checked to be UTF-8. `bytes` and `records` are slices of what is read: they share its memory.
///
/// | type | inflexible | flexible |
/// |---|---|---|
/// | string | int16 length, -1 for null | unsigned varint of length + 1, 0 for null |
/// | bytes, records | int32 length, -1 for null | unsigned varint of length + 1, 0 for null |
/// | array | int32 count, -1 for null | unsigned varint of count + 1, 0 for null |
/// | struct that may be null | int8: -1 for null, 1 otherwise | the same |
/// | end of struct | nothing | tagged fields |
public struct WireReader: Sendable {
    /// What is read.
    public let bytes: Bytes
    /// The version of the message.
    public let version: Int16
    /// Whether lengths are varints and structs end with tagged fields.
    public let flexible: Bool
    /// Where the next field begins.
    public internal(set) var position = 0
    /// Where reading ends: the end of the bytes, or of the tagged field that is being read.
    var limit: Int

    /// Reads `bytes` from their start.
    public init(_ bytes: Bytes, version: Int16, flexible: Bool) {
        self.bytes = bytes
        self.version = version
        self.flexible = flexible
        self.limit = bytes.count
    }

    /// The bytes not read yet.
    public var remaining: Int { limit - position }

    /// Everything not read yet, as a slice.
    public var rest: Bytes { bytes[position..<limit] }

    /// Fails when bytes are left.
    public func expectEnd() throws(WireError) {
        guard remaining == 0 else { throw error(.trailingBytes(remaining), "") }
    }

    // MARK: Numbers

    /// One byte; every value but 0 is true.
    @inline(never)
    public mutating func bool(_ field: String) throws(WireError) -> Bool { try int8(field) != 0 }
    /// One byte.
    @inline(never)
    public mutating func int8(_ field: String) throws(WireError) -> Int8 { try integer(field) }
    /// Two bytes.
    @inline(never)
    public mutating func int16(_ field: String) throws(WireError) -> Int16 { try integer(field) }
    /// Two bytes, unsigned.
    @inline(never)
    public mutating func uint16(_ field: String) throws(WireError) -> UInt16 { try integer(field) }
    /// Four bytes.
    @inline(never)
    public mutating func int32(_ field: String) throws(WireError) -> Int32 { try integer(field) }
    /// Eight bytes.
    @inline(never)
    public mutating func int64(_ field: String) throws(WireError) -> Int64 { try integer(field) }
    /// Eight bytes of IEEE 754.
    @inline(never)
    public mutating func float64(_ field: String) throws(WireError) -> Double {
        Double(bitPattern: try integer(field) as UInt64)
    }

    /// Sixteen bytes.
    @inline(never)
    public mutating func uuid(_ field: String) throws(WireError) -> KafkaUUID {
        try require(16, field)
        let high: UInt64 = try integer(field)
        return KafkaUUID(high: high, low: try integer(field))
    }

    /// One to five bytes, seven bits each, the lowest first.
    @inline(never)
    public mutating func unsignedVarint(_ field: String) throws(WireError) -> UInt32 {
        let (start, end) = (position, limit)
        let (value, next) = bytes.withUnsafeBytes { memory -> (UInt32?, Int) in
            guard let base = memory.baseAddress else { return (nil, start) }
            var cursor = base + start
            let value = Varint.readUnsigned32(&cursor, limit: base + end)
            return (value, cursor - base)
        }
        guard let value else {
            let cut = remaining < Varint.maxSize32
            throw error(cut ? .endOfBytes(needed: remaining + 1, remaining: remaining) : .malformedVarint, field)
        }
        position = next
        return value
    }

    @inline(__always)
    private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ field: String) throws(WireError) -> T {
        try require(MemoryLayout<T>.size, field)
        let start = position
        position += MemoryLayout<T>.size
        return T(bigEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: T.self) })
    }

    @inline(__always)
    func require(_ count: Int, _ field: String) throws(WireError) {
        if count > remaining { throw error(.endOfBytes(needed: count, remaining: remaining), field) }
    }

    @inline(never)
    func error(_ kind: WireError.Kind, _ field: String) -> WireError {
        WireError(kind, field: field, byteOffset: position)
    }

    // MARK: Runs of bytes

    /// Text.
    @inline(never)
    public mutating func string(_ field: String) throws(WireError) -> String {
        guard let text = try nullableString(field, when: false) else { throw error(.unexpectedNull, field) }
        return text
    }

    /// Text or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableString(_ field: String, when allowed: Bool = true) throws(WireError) -> String? {
        guard let count = try length(field, shortPrefix: true, allowed) else { return nil }
        return try text(field, count)
    }

    /// Text or null with its length in two bytes, even in a flexible version: only the client id of a header is so.
    @inline(never)
    mutating func nullableShortString(_ field: String) throws(WireError) -> String? {
        let count = Int(try int16(field))
        if count == -1 { return nil }
        guard count >= 0, count <= remaining else { throw error(lengthError(count), field) }
        return try text(field, count)
    }

    private mutating func text(_ field: String, _ count: Int) throws(WireError) -> String {
        let start = position
        let text = bytes.withUnsafeBytes { memory in
            String(validating: UnsafeRawBufferPointer(rebasing: memory[start..<start + count]), as: UTF8.self)
        }
        guard let text else { throw error(.invalidUTF8, field) }
        position += count
        return text
    }

    /// Bytes, as a slice.
    @inline(never)
    public mutating func bytes(_ field: String) throws(WireError) -> Bytes {
        guard let slice = try nullableBytes(field, when: false) else { throw error(.unexpectedNull, field) }
        return slice
    }

    /// Bytes, as a slice, or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableBytes(_ field: String, when allowed: Bool = true) throws(WireError) -> Bytes? {
        guard let count = try length(field, shortPrefix: false, allowed) else { return nil }
        let start = position
        position += count
        return bytes[start..<position]
    }

    /// Record batches, as a slice.
    @inline(never)
    public mutating func records(_ field: String) throws(WireError) -> RecordsPayload {
        RecordsPayload(try bytes(field))
    }

    /// Record batches, as a slice, or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableRecords(
        _ field: String,
        when allowed: Bool = true
    ) throws(WireError) -> RecordsPayload? {
        guard let slice = try nullableBytes(field, when: allowed) else { return nil }
        return RecordsPayload(slice)
    }

    /// A length that fits in the bytes left; nil for null.
    private mutating func length(_ field: String, shortPrefix: Bool, _ nullAllowed: Bool) throws(WireError) -> Int? {
        let start = position
        let length: Int
        if flexible {
            length = Int(try unsignedVarint(field)) - 1
        } else if shortPrefix {
            length = Int(try int16(field))
        } else {
            length = Int(try int32(field))
        }
        if length >= 0, length <= remaining { return length }
        if length == -1, nullAllowed { return nil }
        let kind = lengthError(length)
        position = start
        throw error(kind, field)
    }

    @inline(never)
    private func lengthError(_ length: Int) -> WireError.Kind {
        if length == -1 { return .unexpectedNull }
        return length < 0 ? .negativeLength(length) : .endOfBytes(needed: length, remaining: remaining)
    }
}
