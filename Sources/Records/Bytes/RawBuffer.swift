/// Memory that grows as bytes are appended, and hands them out as ``Bytes`` without a copy.
///
/// A value: a copy, and bytes handed out, never see what is appended later. ``reset()`` keeps the memory for the next
/// use when nobody holds bytes of it any more, and leaves it to the holders otherwise; so a buffer that is filled,
/// sent and reset in a loop allocates only while what it sent is still on the way.
///
/// ```swift
/// var buffer = RawBuffer(capacity: 1024)
/// let lengthPosition = buffer.count
/// buffer.append(int32: 0)
/// buffer.append(utf8: "orders")
/// buffer.write(int32: Int32(buffer.count - 4), at: lengthPosition)
/// let frame = buffer.bytes()
/// buffer.reset()
/// ```
public struct RawBuffer: @unchecked Sendable {
    @usableFromInline var storage: ByteStorage
    @usableFromInline var used = 0

    /// An empty buffer; `capacity` bytes fit without growing.
    @inlinable
    public init(capacity: Int = 0) {
        storage = capacity > 0 ? ByteStorage(capacity: capacity) : .empty
    }

    /// The bytes appended since the last reset.
    @inlinable public var count: Int { used }

    /// The bytes that fit before the memory grows.
    @inlinable public var capacity: Int { storage.capacity }

    /// Whether nothing was appended since the last reset.
    @inlinable public var isEmpty: Bool { used == 0 }

    // MARK: Appending

    /// Appends one byte.
    @inlinable
    public mutating func append(uint8 value: UInt8) {
        room(1).storeBytes(of: value, as: UInt8.self)
        used += 1
    }

    /// Appends one byte.
    @inlinable
    public mutating func append(int8 value: Int8) { append(uint8: UInt8(bitPattern: value)) }

    /// Appends 2 bytes, big-endian.
    @inlinable
    public mutating func append(int16 value: Int16) { append(bigEndian: value) }

    /// Appends 2 bytes, big-endian.
    @inlinable
    public mutating func append(uint16 value: UInt16) { append(bigEndian: value) }

    /// Appends 4 bytes, big-endian.
    @inlinable
    public mutating func append(int32 value: Int32) { append(bigEndian: value) }

    /// Appends 4 bytes, big-endian.
    @inlinable
    public mutating func append(uint32 value: UInt32) { append(bigEndian: value) }

    /// Appends 8 bytes, big-endian.
    @inlinable
    public mutating func append(int64 value: Int64) { append(bigEndian: value) }

    /// Appends 8 bytes, big-endian.
    @inlinable
    public mutating func append(uint64 value: UInt64) { append(bigEndian: value) }

    /// Appends the 8 bytes of an IEEE 754 number, big-endian.
    @inlinable
    public mutating func append(float64 value: Double) { append(bigEndian: value.bitPattern) }

    /// Appends an integer of any width, big-endian.
    @inlinable
    public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(bigEndian value: T) {
        room(MemoryLayout<T>.size).storeBigEndian(value)
        used += MemoryLayout<T>.size
    }

    /// Appends a copy of `bytes`, which may not lie in this buffer.
    @inlinable
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        room(bytes.count).copyMemory(from: base, byteCount: bytes.count)
        used += bytes.count
    }

    /// Appends a copy of `bytes`.
    @inlinable
    public mutating func append(_ bytes: Bytes) {
        // The slice holds its memory, so growing here cannot pull it away, even when it came from this buffer.
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends the UTF-8 of `text`, without a length.
    @inlinable
    public mutating func append(utf8 text: String) {
        // Nearly always its bytes can be read where they are, without a copy of the string to hold on to.
        if text.utf8.withContiguousStorageIfAvailable({ append(UnsafeRawBufferPointer($0)) }) != nil { return }
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends `count` zero bytes.
    @inlinable
    public mutating func append(zeroes count: Int) {
        room(count).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        used += count
    }

    /// Makes room for `capacity` bytes, lets `initialize` write any number of them, and appends as many as it returns.
    @inlinable
    public mutating func append<E: Error>(
        capacity: Int,
        initialize: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        let free = UnsafeMutableRawBufferPointer(start: room(capacity), count: capacity)
        let written = try initialize(free)
        precondition(written >= 0 && written <= capacity, "initialize reported \(written) bytes of \(capacity)")
        used += written
    }

    // MARK: Changing what is there

    /// Overwrites 2 bytes at `position`, big-endian. They must have been appended before.
    @inlinable
    public mutating func write(int16 value: Int16, at position: Int) { write(bigEndian: value, at: position) }

    /// Overwrites 4 bytes at `position`, big-endian. They must have been appended before.
    @inlinable
    public mutating func write(int32 value: Int32, at position: Int) { write(bigEndian: value, at: position) }

    /// Overwrites 8 bytes at `position`, big-endian. They must have been appended before.
    @inlinable
    public mutating func write(int64 value: Int64, at position: Int) { write(bigEndian: value, at: position) }

    /// Overwrites an integer of any width at `position`, big-endian. Its bytes must have been appended before.
    @inlinable
    public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(bigEndian value: T, at position: Int) {
        precondition(position >= 0 && position <= used - MemoryLayout<T>.size, "\(position) exceeds \(used) bytes")
        _ = room(0)
        storage.start.storeBigEndian(value, at: position)
    }

    /// Forgets what follows the first `count` bytes.
    @inlinable
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= used, "\(count) exceeds \(used) bytes")
        used = count
    }

    /// Forgets everything appended. The memory stays, unless somebody still holds bytes of it.
    @inlinable
    public mutating func reset() { used = 0 }

    /// Makes room so that `additional` more bytes can be appended without growing.
    @inlinable
    public mutating func reserve(_ additional: Int) { _ = room(additional) }

    // MARK: Handing out

    /// What was appended, in place; the pointer is valid only within `body`.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(start: storage.start, count: used))
    }

    /// What was appended, in place and writable; the pointer is valid only within `body`.
    @inlinable
    public mutating func withUnsafeMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        _ = room(0)
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeMutableRawBufferPointer(start: storage.start, count: used))
    }

    /// What was appended, sharing the memory.
    @inlinable
    public func bytes() -> Bytes {
        Bytes(storage: storage, start: UnsafeRawPointer(storage.start), count: used)
    }

    /// What was appended, in memory that wastes little: shared when at least half of it is used, else copied.
    @inlinable
    public func compactBytes() -> Bytes {
        used >= storage.capacity / 2 ? bytes() : withUnsafeBytes { Bytes(copying: $0) }
    }

    // MARK: Memory

    /// Where the next byte goes, with room for `additional`, in memory that nobody else sees.
    @inlinable @inline(__always)
    mutating func room(_ additional: Int) -> UnsafeMutableRawPointer {
        if additional > storage.capacity - used || !isKnownUniquelyReferenced(&storage) { move(additional) }
        return storage.start + used
    }

    @usableFromInline @inline(never)
    mutating func move(_ additional: Int) {
        precondition(additional >= 0, "a buffer cannot grow by \(additional) bytes")
        let needed = used + additional
        let grown = needed > storage.capacity ? max(needed, storage.capacity * 2, 64) : storage.capacity
        let larger = ByteStorage(capacity: grown)
        larger.start.copyMemory(from: storage.start, byteCount: used)
        storage = larger
    }
}
