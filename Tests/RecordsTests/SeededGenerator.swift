import Records

/// SplitMix64: the same numbers from the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// Up to `maxCount` bytes of an alphabet of `letters`: the fewer, the better they compress.
    mutating func bytes(maxCount: Int, letters: Int = 256) -> Bytes {
        let count = Int.random(in: 0...maxCount, using: &self)
        return Bytes((0..<count).map { _ in UInt8(Int.random(in: 0..<letters, using: &self)) })
    }

    /// A record with null, empty, short and long parts, at any distance in time from the others.
    mutating func record(offset: Offset) -> Record {
        let headerCount = Bool.random(using: &self) ? 0 : Int.random(in: 0...4, using: &self)
        let letters = [2, 16, 256].randomElement(using: &self) ?? 2
        return Record(
            offset: offset,
            timestamp: Timestamp(1_700_000_000_000 + Int64.random(in: -100_000...100_000, using: &self)),
            key: Int.random(in: 0..<4, using: &self) == 0 ? nil : bytes(maxCount: 20, letters: letters),
            value: Int.random(in: 0..<8, using: &self) == 0 ? nil : bytes(maxCount: 300, letters: letters),
            headers: (0..<headerCount).map { index in
                Header(
                    key: ["", "h", "trace-id", "\u{fc}\u{1f600}"][index],
                    value: Bool.random(using: &self) ? nil : bytes(maxCount: 9)
                )
            }
        )
    }
}
