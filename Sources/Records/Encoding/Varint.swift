/// Integers of variable length, seven bits a byte, the lowest first, as Protocol Buffers write them.
///
/// Signed values are zig-zagged first (0, -1, 1, -2, ... become 0, 1, 2, 3, ...), so that small ones of either sign are
/// short. At most 5 bytes for 32 bits and 10 for 64; what a last byte holds beyond the width is dropped, as Java does.
///
/// The readers take a cursor and its limit, move the cursor past what they read, and answer nil, with the cursor where
/// it was, for a value that does not end before the limit or within the most bytes allowed.
public enum Varint {
    /// The most bytes that 32 bits take.
    public static let maxSize32 = 5
    /// The most bytes that 64 bits take.
    public static let maxSize64 = 10

    // MARK: Zig-zag

    /// Maps a signed value to an unsigned one that is small where the magnitude is.
    @inlinable @inline(__always)
    public static func zigzag(_ value: Int32) -> UInt32 { UInt32(bitPattern: (value << 1) ^ (value >> 31)) }

    /// Maps a signed value to an unsigned one that is small where the magnitude is.
    @inlinable @inline(__always)
    public static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

    /// Undoes ``zigzag(_:)-(Int32)``.
    @inlinable @inline(__always)
    public static func unzigzag(_ value: UInt32) -> Int32 {
        Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
    }

    /// Undoes ``zigzag(_:)-(Int64)``.
    @inlinable @inline(__always)
    public static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    // MARK: Sizes

    /// The bytes that `value` takes: 1 to 5.
    @inlinable @inline(__always)
    public static func size(unsigned value: UInt32) -> Int { size(unsigned: UInt64(value)) }

    /// The bytes that `value` takes: 1 to 10.
    @inlinable @inline(__always)
    public static func size(unsigned value: UInt64) -> Int {
        // One byte for each started seven bits: (bits + 6) / 7, as a multiplication.
        let bits = 64 - (value | 1).leadingZeroBitCount
        return (bits * 9 + 64) >> 6
    }

    /// The bytes that `value` takes when zig-zagged: 1 to 5.
    @inlinable @inline(__always)
    public static func size(_ value: Int32) -> Int { size(unsigned: zigzag(value)) }

    /// The bytes that `value` takes when zig-zagged: 1 to 10.
    @inlinable @inline(__always)
    public static func size(_ value: Int64) -> Int { size(unsigned: zigzag(value)) }

    // MARK: Reading

    /// Reads 32 unsigned bits.
    @inlinable @inline(__always)
    public static func readUnsigned32(_ cursor: inout UnsafeRawPointer, limit: UnsafeRawPointer) -> UInt32? {
        guard cursor < limit else { return nil }
        let first = cursor.load(as: UInt8.self)
        if first < 0x80 {
            cursor += 1
            return UInt32(first)
        }
        guard let value = readLong(&cursor, limit: limit, maxSize: maxSize32) else { return nil }
        return UInt32(truncatingIfNeeded: value)
    }

    /// Reads 64 unsigned bits.
    @inlinable @inline(__always)
    public static func readUnsigned64(_ cursor: inout UnsafeRawPointer, limit: UnsafeRawPointer) -> UInt64? {
        guard cursor < limit else { return nil }
        let first = cursor.load(as: UInt8.self)
        if first < 0x80 {
            cursor += 1
            return UInt64(first)
        }
        return readLong(&cursor, limit: limit, maxSize: maxSize64)
    }

    /// Reads 32 zig-zagged bits.
    @inlinable @inline(__always)
    public static func read32(_ cursor: inout UnsafeRawPointer, limit: UnsafeRawPointer) -> Int32? {
        guard let value = readUnsigned32(&cursor, limit: limit) else { return nil }
        return unzigzag(value)
    }

    /// Reads 64 zig-zagged bits.
    @inlinable @inline(__always)
    public static func read64(_ cursor: inout UnsafeRawPointer, limit: UnsafeRawPointer) -> Int64? {
        guard let value = readUnsigned64(&cursor, limit: limit) else { return nil }
        return unzigzag(value)
    }

    /// The value whose first byte says that more follow: two bytes here, the rest out of line.
    @inlinable @inline(__always)
    static func readLong(_ cursor: inout UnsafeRawPointer, limit: UnsafeRawPointer, maxSize: Int) -> UInt64? {
        if limit - cursor >= 2 {
            let second = cursor.load(fromByteOffset: 1, as: UInt8.self)
            if second < 0x80 {
                let value = UInt64(cursor.load(as: UInt8.self) & 0x7f) | UInt64(second) << 7
                cursor += 2
                return value
            }
        }
        // By value: a cursor whose address was taken would live in memory for all of the caller's loop.
        let (value, size) = readLonger(cursor, limit: limit, maxSize: maxSize)
        cursor += size
        return size == 0 ? nil : value
    }

    /// The value and its size; a size of 0 where it does not end in time.
    @usableFromInline @inline(never)
    static func readLonger(
        _ cursor: UnsafeRawPointer,
        limit: UnsafeRawPointer,
        maxSize: Int
    ) -> (value: UInt64, size: Int) {
        var value: UInt64 = 0
        for index in 0..<min(maxSize, limit - cursor) {
            let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
            value |= UInt64(byte & 0x7f) << UInt64(7 * index)
            if byte < 0x80 { return (value, index + 1) }
        }
        return (0, 0)
    }

    // MARK: Writing

    /// Writes `value` at `cursor`, which must have room for its ``size(unsigned:)-(UInt64)``, and moves the cursor past
    /// it.
    @inlinable @inline(__always)
    public static func write(unsigned value: UInt64, _ cursor: inout UnsafeMutableRawPointer) {
        if value < 0x80 {
            cursor.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
            cursor += 1
            return
        }
        if value < 0x4000 {
            let pair = UInt16(truncatingIfNeeded: value & 0x7f | 0x80 | (value >> 7) << 8)
            cursor.storeBytes(of: pair.littleEndian, as: UInt16.self)
            cursor += 2
            return
        }
        var rest = value
        while rest >= 0x80 {
            cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            cursor += 1
            rest >>= 7
        }
        cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        cursor += 1
    }

    /// Writes 32 unsigned bits.
    @inlinable @inline(__always)
    public static func write(unsigned value: UInt32, _ cursor: inout UnsafeMutableRawPointer) {
        write(unsigned: UInt64(value), &cursor)
    }

    /// Writes 32 zig-zagged bits.
    @inlinable @inline(__always)
    public static func write(_ value: Int32, _ cursor: inout UnsafeMutableRawPointer) {
        write(unsigned: zigzag(value), &cursor)
    }

    /// Writes 64 zig-zagged bits.
    @inlinable @inline(__always)
    public static func write(_ value: Int64, _ cursor: inout UnsafeMutableRawPointer) {
        write(unsigned: zigzag(value), &cursor)
    }
}
