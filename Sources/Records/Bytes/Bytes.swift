/// An immutable run of bytes: a slice of reference-counted memory, so that a record, a batch and the frame that they
/// arrived in share one allocation.
///
/// Slicing costs a retain; nothing is copied. Hot loops work on ``withUnsafeBytes(_:)``.
///
/// ```swift
/// let frame = Bytes([1, 2, 3, 4])
/// let tail = frame[2...]          // shares frame's memory
/// ```
public struct Bytes: @unchecked Sendable {
    @usableFromInline let storage: ByteStorage
    @usableFromInline let start: UnsafeRawPointer
    /// The number of bytes.
    public let count: Int

    @usableFromInline
    init(storage: ByteStorage, start: UnsafeRawPointer, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// No bytes.
    @inlinable
    public init() {
        self.init(storage: .empty, start: UnsafeRawPointer(ByteStorage.empty.start), count: 0)
    }

    /// Allocates `capacity` bytes and lets `initialize` write them; what it returns is the count.
    @inlinable
    public init<E: Error>(
        capacity: Int,
        initialize: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        let storage = ByteStorage(capacity: capacity)
        let count = try initialize(UnsafeMutableRawBufferPointer(start: storage.start, count: capacity))
        precondition(count >= 0 && count <= capacity, "initialize reported \(count) bytes of \(capacity)")
        self.init(storage: storage, start: UnsafeRawPointer(storage.start), count: count)
    }

    /// A copy of `source` in memory of its own.
    @inlinable
    public init(copying source: UnsafeRawBufferPointer) {
        let storage = ByteStorage(capacity: source.count)
        if let base = source.baseAddress { storage.start.copyMemory(from: base, byteCount: source.count) }
        self.init(storage: storage, start: UnsafeRawPointer(storage.start), count: source.count)
    }

    /// A copy of `bytes` in memory of its own.
    @inlinable
    public init(_ bytes: some Sequence<UInt8>) {
        let copy = bytes.withContiguousStorageIfAvailable { Bytes(copying: UnsafeRawBufferPointer($0)) }
        self = copy ?? ContiguousArray(bytes).withUnsafeBytes { Bytes(copying: $0) }
    }

    /// The UTF-8 of `text`.
    @inlinable
    public init(utf8 text: String) {
        var text = text
        self = text.withUTF8 { Bytes(copying: UnsafeRawBufferPointer($0)) }
    }

    /// Takes over memory allocated elsewhere; `release` is called with its start after the last slice is gone.
    public init(
        adopting memory: UnsafeMutableRawBufferPointer,
        release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        guard let base = memory.baseAddress else {
            self.init()
            return
        }
        let storage = ByteStorage(start: base, capacity: memory.count, release: release)
        self.init(storage: storage, start: UnsafeRawPointer(base), count: memory.count)
    }

    /// Whether there is no byte.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// The bytes in place; the pointer is valid only within `body`.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A slice that shares this memory. Traps when `range` exceeds the bounds: check counts that came from a peer
    /// first.
    @inlinable
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range \(range) exceeds \(count) bytes")
        return Bytes(storage: storage, start: start + range.lowerBound, count: range.count)
    }

    /// The slice from a position to the end; traps beyond the bounds.
    @inlinable
    public subscript(range: PartialRangeFrom<Int>) -> Bytes { self[range.lowerBound..<count] }

    /// The slice from the start to a position; traps beyond the bounds.
    @inlinable
    public subscript(range: PartialRangeUpTo<Int>) -> Bytes { self[0..<range.upperBound] }

    /// The same bytes in memory of their own, so that a small slice does not keep a large frame alive.
    @inlinable
    public func copied() -> Bytes { withUnsafeBytes { Bytes(copying: $0) } }

    /// The text, or nil where the bytes are not valid UTF-8.
    public var utf8: String? {
        withUnsafeBytes { String(validating: $0.bindMemory(to: UInt8.self), as: UTF8.self) }
    }

    /// Writes into the memory in place. Only for the owner of bytes that nobody else reads yet.
    ///
    /// The broker assigns base offset and leader epoch to a batch this way, while the frame it arrived in has no other
    /// reader.
    @inlinable
    public func withUnsafeMutableBytesOfSoleOwner<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(mutating: start), count: count))
    }
}

extension Bytes: Sequence {
    // Not a Collection: a slice counts from 0 again, which Collection forbids.

    /// One byte; traps beyond the bounds.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "index \(position) exceeds \(count) bytes")
        defer { withExtendedLifetime(storage) {} }
        return start.load(fromByteOffset: position, as: UInt8.self)
    }

    @inlinable public var underestimatedCount: Int { count }

    @inlinable
    public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count))
    }

    /// Walks the bytes one by one.
    public struct Iterator: IteratorProtocol {
        @usableFromInline let bytes: Bytes
        @usableFromInline var position = 0

        @inlinable
        init(_ bytes: Bytes) { self.bytes = bytes }

        @inlinable
        public mutating func next() -> UInt8? {
            guard position < bytes.count else { return nil }
            defer { position += 1 }
            return bytes[position]
        }
    }

    @inlinable public func makeIterator() -> Iterator { Iterator(self) }
}

extension Bytes: Hashable {
    @inlinable
    public static func == (a: Bytes, b: Bytes) -> Bool {
        guard a.count == b.count else { return false }
        if a.start == b.start { return true }
        defer { withExtendedLifetime((a.storage, b.storage)) {} }
        return comparedMemory(a.start, b.start, count: a.count) == 0
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Bytes: Comparable {
    /// Unsigned, byte by byte, the shorter first: the order of RocksDB and of Java's `Bytes.compareTo`.
    @inlinable
    public static func < (a: Bytes, b: Bytes) -> Bool {
        defer { withExtendedLifetime((a.storage, b.storage)) {} }
        let order = comparedMemory(a.start, b.start, count: Swift.min(a.count, b.count))
        return order == 0 ? a.count < b.count : order < 0
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

extension Bytes: CustomStringConvertible {
    /// Lower-case hex, cut after 64 bytes.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text = [UInt8]()
        for byte in prefix(64) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        let hex = String(decoding: text, as: UTF8.self)
        return count > 64 ? "\(hex)... (\(count) bytes)" : hex
    }
}
