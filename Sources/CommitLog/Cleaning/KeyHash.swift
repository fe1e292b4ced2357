/// 128 bits that stand for a record's key: SipHash-1-3 under a key of its own for each run, so that nobody can choose
/// record keys that are taken for one another.
struct KeyHash: Sendable, Hashable {
    var low: UInt64
    var high: UInt64

    /// The secret of a run.
    struct Seed: Sendable {
        var first: UInt64
        var second: UInt64
    }

    init(_ bytes: UnsafeRawBufferPointer, _ seed: Seed) {
        var state = State(seed)
        let whole = bytes.count & ~7
        for position in stride(from: 0, to: whole, by: 8) {
            state.mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for position in whole..<bytes.count { last |= UInt64(bytes[position]) << UInt64(8 * (position - whole)) }
        state.mix(last)
        (low, high) = state.finish()
    }

    private struct State {
        private var v0, v1, v2, v3: UInt64

        init(_ seed: Seed) {
            v0 = seed.first ^ 0x736f_6d65_7073_6575
            v1 = seed.second ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = seed.first ^ 0x6c79_6765_6e65_7261
            v3 = seed.second ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func mix(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        mutating func finish() -> (UInt64, UInt64) {
            v2 ^= 0xee
            for _ in 0..<3 { round() }
            let low = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<3 { round() }
            return (low, v0 ^ v1 ^ v2 ^ v3)
        }

        @inline(__always)
        private mutating func round() {
            v0 = v0 &+ v1
            v1 = v1.rotated(by: 13) ^ v0
            v0 = v0.rotated(by: 32)
            v2 = v2 &+ v3
            v3 = v3.rotated(by: 16) ^ v2
            v0 = v0 &+ v3
            v3 = v3.rotated(by: 21) ^ v0
            v2 = v2 &+ v1
            v1 = v1.rotated(by: 17) ^ v2
            v2 = v2.rotated(by: 32)
        }
    }
}

extension UInt64 {
    @inline(__always)
    fileprivate func rotated(by count: UInt64) -> UInt64 { self &<< count | self &>> (64 &- count) }
}
