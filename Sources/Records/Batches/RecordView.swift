/// A record in the place where its batch has it: positions and lengths, nothing copied, nothing retained.
///
/// Valid while the batch or the ``RecordReader`` that it came from is held, as are ``keyBytes`` and ``valueBytes``;
/// ``key``, ``value`` and ``headers()`` hold their memory themselves and may be kept.
public struct RecordView {
    /// The record's place in the partition.
    public let offset: Offset
    /// The record's own time, or the batch's when the broker set it.
    public let timestamp: Timestamp
    /// The length of the key; -1 for a null key.
    public let keyCount: Int
    /// The length of the value; -1 for a null value.
    public let valueCount: Int
    /// The number of headers.
    public let headerCount: Int

    @usableFromInline let keyStart: UnsafeRawPointer
    @usableFromInline let valueStart: UnsafeRawPointer
    @usableFromInline let headersStart: UnsafeRawPointer
    @usableFromInline let end: UnsafeRawPointer
    @usableFromInline let storage: Unmanaged<ByteStorage>

    @inlinable @inline(__always)
    init(
        offset: Offset,
        timestamp: Timestamp,
        key: (start: UnsafeRawPointer, count: Int),
        value: (start: UnsafeRawPointer, count: Int),
        headers: (start: UnsafeRawPointer, count: Int),
        end: UnsafeRawPointer,
        storage: Unmanaged<ByteStorage>
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.keyStart = key.start
        self.keyCount = key.count
        self.valueStart = value.start
        self.valueCount = value.count
        self.headersStart = headers.start
        self.headerCount = headers.count
        self.end = end
        self.storage = storage
    }

    /// The key in place; nil for a null key.
    @inlinable @inline(__always)
    public var keyBytes: UnsafeRawBufferPointer? {
        keyCount < 0 ? nil : UnsafeRawBufferPointer(start: keyStart, count: keyCount)
    }

    /// The value in place; nil for a null value.
    @inlinable @inline(__always)
    public var valueBytes: UnsafeRawBufferPointer? {
        valueCount < 0 ? nil : UnsafeRawBufferPointer(start: valueStart, count: valueCount)
    }

    /// The key as a slice that holds the batch's memory; nil for a null key.
    @inlinable
    public var key: Bytes? { keyCount < 0 ? nil : slice(keyStart, keyCount) }

    /// The value as a slice that holds the batch's memory; nil for a null value.
    @inlinable
    public var value: Bytes? { valueCount < 0 ? nil : slice(valueStart, valueCount) }

    /// The headers, in order. A key that is not UTF-8 has its bad parts replaced, as in Java.
    @inlinable
    public func headers() -> [Header] { headerCount == 0 ? [] : decodeHeaders() }

    /// The record with slices that hold the batch's memory.
    public func record() -> Record {
        Record(offset: offset, timestamp: timestamp, key: key, value: value, headers: headers())
    }

    @inlinable
    func slice(_ start: UnsafeRawPointer, _ count: Int) -> Bytes {
        Bytes(storage: storage.takeUnretainedValue(), start: start, count: count)
    }

    @usableFromInline
    func decodeHeaders() -> [Header] {
        var headers = [Header]()
        headers.reserveCapacity(headerCount)
        var cursor = headersStart
        // The reader has checked every size before it made this view.
        while headers.count < headerCount, let key = part(&cursor) {
            let value = part(&cursor)
            headers.append(Header(key: String(decoding: key, as: UTF8.self), value: value.map { slice($0) }))
        }
        return headers
    }

    private func part(_ cursor: inout UnsafeRawPointer) -> UnsafeRawBufferPointer? {
        guard let count = Varint.read32(&cursor, limit: end), count >= 0 else { return nil }
        defer { cursor += Int(count) }
        return UnsafeRawBufferPointer(start: cursor, count: Int(count))
    }

    private func slice(_ part: UnsafeRawBufferPointer) -> Bytes {
        part.baseAddress.map { slice($0, part.count) } ?? Bytes()
    }
}
