import Foundation

/// SplitMix64: the same numbers for the same seed, everywhere.
///
/// The seed is fixed, and printed; `MILLRACE_TEST_SEED` sets another.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator for a test, which prints its seed.
    static func announced(_ test: String) -> SeededGenerator {
        let seed = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap { UInt64($0) } ?? 20_260_101
        print("\(test): seed \(seed)")
        return SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
