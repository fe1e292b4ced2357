/// MurmurHash3 in its 128-bit form for 64-bit machines, by Austin Appleby; the seed is the one that Kafka Streams uses.
///
/// A join by foreign key tells by it whether a response still fits the row that asked.
enum Murmur3 {
    private static let c1: UInt64 = 0x87C3_7B91_1142_53D5
    private static let c2: UInt64 = 0x4CF5_AD43_2745_937F
    private static let seed: UInt64 = 104729

    /// The hash as two numbers.
    static func hash128(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var (h1, h2) = (seed, seed)
        var position = 0
        while bytes.count - position >= 16 {
            h1 ^= mixFirst(word(bytes, position, 8))
            h1 = (rotate(h1, 27) &+ h2) &* 5 &+ 0x52DC_E729
            h2 ^= mixSecond(word(bytes, position + 8, 8))
            h2 = (rotate(h2, 31) &+ h1) &* 5 &+ 0x3849_5AB5
            position += 16
        }
        let left = bytes.count - position
        if left > 8 { h2 ^= mixSecond(word(bytes, position + 8, left - 8)) }
        if left > 0 { h1 ^= mixFirst(word(bytes, position, min(left, 8))) }
        h1 ^= UInt64(bytes.count)
        h2 ^= UInt64(bytes.count)
        h1 &+= h2
        h2 &+= h1
        h1 = finish(h1)
        h2 = finish(h2)
        h1 &+= h2
        h2 &+= h1
        return (h1, h2)
    }

    /// The number of `count` bytes, the lowest first.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ count: Int) -> UInt64 {
        if count == 8 { return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
    }

    private static func mixFirst(_ k: UInt64) -> UInt64 { rotate(k &* c1, 31) &* c2 }
    private static func mixSecond(_ k: UInt64) -> UInt64 { rotate(k &* c2, 33) &* c1 }
    private static func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }

    private static func finish(_ hash: UInt64) -> UInt64 {
        var h = hash
        h ^= h >> 33
        h &*= 0xFF51_AFD7_ED55_8CCD
        h ^= h >> 33
        h &*= 0xC4CE_B9FE_1A85_EC53
        return h ^ h >> 33
    }
}
