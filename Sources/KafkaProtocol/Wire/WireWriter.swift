import Records

/// Writes the fields of a message, in the order of its schema; the counterpart of ``WireReader``.
///
/// Records are not copied: the writer hands out pieces, the fields around records in memory of its own and the records
/// as they were given.
public struct WireWriter: Sendable {
    /// The version of the message.
    public let version: Int16
    /// Whether lengths are varints and structs end with tagged fields.
    public let flexible: Bool
    var buffer: RawBuffer
    private var parts: [BytesPart] = []
    private var partsCount = 0

    /// Writes a message at `version`.
    public init(version: Int16, flexible: Bool) {
        self.init(version: version, flexible: flexible, buffer: RawBuffer(capacity: 256))
    }

    /// Writes a message at `version` after what `buffer` holds already, for example room for the length of a frame.
    public init(version: Int16, flexible: Bool, buffer: RawBuffer) {
        self.version = version
        self.flexible = flexible
        self.buffer = buffer
    }

    /// The bytes written.
    public var count: Int { partsCount + buffer.count }

    /// What was written, in pieces.
    public consuming func finish() -> [BytesPart] {
        if parts.isEmpty { return [.bytes(buffer.bytes())] }
        if !buffer.isEmpty { parts.append(.bytes(buffer.bytes())) }
        return parts
    }

    /// What was written, in one piece. Errors: `unreadableRegion` for a region of a file that cannot be read.
    public consuming func finishBytes() throws(WireError) -> Bytes {
        if parts.isEmpty { return buffer.compactBytes() }
        do {
            return try RecordsPayload(parts: finish()).load()
        } catch {
            throw WireError(.unreadableRegion("\(error)"), field: "", byteOffset: 0)
        }
    }

    // MARK: Numbers

    /// One byte: 1 or 0.
    @inline(never)
    public mutating func bool(_ value: Bool) { buffer.append(uint8: value ? 1 : 0) }
    /// One byte.
    @inline(never)
    public mutating func int8(_ value: Int8) { buffer.append(int8: value) }
    /// Two bytes.
    @inline(never)
    public mutating func int16(_ value: Int16) { buffer.append(int16: value) }
    /// Two bytes, unsigned.
    @inline(never)
    public mutating func uint16(_ value: UInt16) { buffer.append(uint16: value) }
    /// Four bytes.
    @inline(never)
    public mutating func int32(_ value: Int32) { buffer.append(int32: value) }
    /// Eight bytes.
    @inline(never)
    public mutating func int64(_ value: Int64) { buffer.append(int64: value) }
    /// Eight bytes of IEEE 754.
    @inline(never)
    public mutating func float64(_ value: Double) { buffer.append(float64: value) }
    /// One to five bytes, seven bits each, the lowest first.
    @inline(never)
    public mutating func unsignedVarint(_ value: UInt32) { buffer.append(unsignedVarint: value) }

    /// Sixteen bytes.
    @inline(never)
    public mutating func uuid(_ value: KafkaUUID) {
        buffer.append(uint64: value.high)
        buffer.append(uint64: value.low)
    }

    // MARK: Runs of bytes

    /// Text. Errors: `tooLong` beyond 32,767 bytes.
    @inline(never)
    public mutating func string(_ field: String, _ value: String) throws(WireError) {
        var text = value
        let count = text.utf8.count
        guard count <= Int(Int16.max) else { throw error(.tooLong(count), field) }
        if flexible {
            buffer.append(unsignedVarint: UInt32(count + 1))
        } else {
            buffer.append(int16: Int16(count))
        }
        text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
    }

    /// Text or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableString(
        _ field: String,
        _ value: String?,
        when allowed: Bool = true
    ) throws(WireError) {
        if let value { return try string(field, value) }
        guard allowed else { throw error(.unexpectedNull, field) }
        if flexible { buffer.append(uint8: 0) } else { buffer.append(int16: -1) }
    }

    /// Text or null with its length in two bytes, even in a flexible version: only the client id of a header is so.
    @inline(never)
    mutating func nullableShortString(_ field: String, _ value: String?) throws(WireError) {
        guard var text = value else { return buffer.append(int16: -1) }
        let count = text.utf8.count
        guard count <= Int(Int16.max) else { throw error(.tooLong(count), field) }
        buffer.append(int16: Int16(count))
        text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
    }

    /// Bytes.
    @inline(never)
    public mutating func bytes(_ field: String, _ value: Bytes) throws(WireError) {
        try length(field, value.count)
        buffer.append(value)
    }

    /// Bytes or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableBytes(_ field: String, _ value: Bytes?, when allowed: Bool = true) throws(WireError) {
        if let value { return try bytes(field, value) }
        try null(field, allowed)
    }

    /// Record batches, which pass through without a copy.
    @inline(never)
    public mutating func records(_ field: String, _ value: RecordsPayload) throws(WireError) {
        let count = value.count
        try length(field, count)
        guard count > 0 else { return }
        pass(value.parts, count: count)
    }

    /// Record batches or null; `allowed` tells whether this version may have null here.
    @inline(never)
    public mutating func nullableRecords(
        _ field: String,
        _ value: RecordsPayload?,
        when allowed: Bool = true
    ) throws(WireError) {
        if let value { return try records(field, value) }
        try null(field, allowed)
    }

    private mutating func pass(_ pieces: [BytesPart], count: Int) {
        partsCount += count + buffer.count
        if !buffer.isEmpty { parts.append(.bytes(buffer.bytes())) }
        parts.append(contentsOf: pieces)
        buffer = RawBuffer(capacity: 256)
    }

    /// The length of bytes or count of an array.
    mutating func length(_ field: String, _ count: Int) throws(WireError) {
        guard count < Int(Int32.max) else { throw error(.tooLong(count), field) }
        if flexible {
            buffer.append(unsignedVarint: UInt32(count + 1))
        } else {
            buffer.append(int32: Int32(count))
        }
    }

    /// Null in place of bytes or an array.
    mutating func null(_ field: String, _ allowed: Bool) throws(WireError) {
        guard allowed else { throw error(.unexpectedNull, field) }
        if flexible { buffer.append(uint8: 0) } else { buffer.append(int32: -1) }
    }

    @inline(never)
    func error(_ kind: WireError.Kind, _ field: String) -> WireError {
        WireError(kind, field: field, byteOffset: count)
    }

    /// The error for a field that is set although this version does not have it.
    @inline(never)
    func absent(_ field: String) -> WireError { error(.notInVersion(version), field) }
}
