#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keys as raw bytes: equality, and the order of RocksDB and of Java's `Bytes`: unsigned, byte by byte, the shorter
/// first.
enum RawKey {
    @inline(__always)
    static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        guard let left = a.baseAddress, let right = b.baseAddress else { return true }
        return memcmp(left, right, a.count) == 0
    }

    /// Negative when `a` comes first, positive when `b` does, 0 when they are equal.
    @inline(__always)
    static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let common = min(a.count, b.count)
        if common > 0, let left = a.baseAddress, let right = b.baseAddress {
            let order = memcmp(left, right, common)
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }

    /// Whether `a` comes first.
    static func isBefore(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in compare(a, b) < 0 } }
    }

    /// Whether a key lies from `first` to `last`, both included; nil leaves that end open.
    static func isBetween(_ key: UnsafeRawBufferPointer, _ first: [UInt8]?, _ last: [UInt8]?) -> Bool {
        if let first, first.withUnsafeBytes({ compare(key, $0) < 0 }) { return false }
        if let last, last.withUnsafeBytes({ compare(key, $0) > 0 }) { return false }
        return true
    }

    /// The first 8 bytes as a number that sorts as they do; a shorter key is filled with zeroes.
    static func prefix(_ key: UnsafeRawBufferPointer) -> UInt64 {
        if key.count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        var value: UInt64 = 0
        for byte in key { value = value << 8 | UInt64(byte) }
        return key.isEmpty ? 0 : value << UInt64((8 - key.count) * 8)
    }

    /// The first key after all those that begin with `prefix`; nil where there is none, as after 0xFF bytes only.
    static func afterPrefix(_ prefix: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes = [UInt8](prefix)
        while let last = bytes.popLast() {
            if last < 0xFF {
                bytes.append(last + 1)
                return bytes
            }
        }
        return nil
    }
}

/// A fast hash of raw bytes by wide multiplication, 64 bits folded to 32.
enum RawKeyHash {
    @inline(__always)
    static func hash(_ key: UnsafeRawBufferPointer, seed: UInt64) -> UInt32 {
        guard var position = key.baseAddress else { return UInt32(truncatingIfNeeded: seed) }
        var left = key.count
        var state = seed ^ UInt64(truncatingIfNeeded: left)
        while left > 16 {
            state = mix(word(position) ^ 0xA076_1D64_78BD_642F, word(position + 8) ^ state)
            position += 16
            left -= 16
        }
        let first: UInt64
        let second: UInt64
        if left >= 8 {
            first = word(position)
            second = word(position + (left - 8))
        } else if left >= 4 {
            first = UInt64(position.loadUnaligned(as: UInt32.self))
            second = UInt64((position + (left - 4)).loadUnaligned(as: UInt32.self))
        } else if left > 0 {
            first =
                UInt64(position.load(as: UInt8.self)) << 16
                | UInt64(position.load(fromByteOffset: left >> 1, as: UInt8.self)) << 8
                | UInt64(position.load(fromByteOffset: left - 1, as: UInt8.self))
            second = 0
        } else {
            (first, second) = (0, 0)
        }
        let folded = mix(mix(first ^ 0xE703_7ED1_A0B4_28DB, second ^ state), 0x8EBC_6AF0_9C88_C6E3)
        return UInt32(truncatingIfNeeded: folded ^ folded >> 32)
    }

    @inline(__always)
    private static func word(_ position: UnsafeRawPointer) -> UInt64 { position.loadUnaligned(as: UInt64.self) }

    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
