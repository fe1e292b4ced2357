import Records

/// Changes inputs at random, with a liking for what breaks decoders: lengths, counts, signs.
struct Mutator {
    private var random: SeededGenerator
    private static let interesting: [UInt8] = [0, 1, 2, 0x0f, 0x10, 0x7f, 0x80, 0xfe, 0xff]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func mutated(_ corpus: [Bytes]) -> Bytes {
        var bytes = Array(pick(corpus))
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, corpus) }
        return Bytes(bytes.prefix(16 * 1024))
    }

    private mutating func pick(_ corpus: [Bytes]) -> Bytes {
        corpus.isEmpty ? Bytes() : corpus[Int.random(in: corpus.indices, using: &random)]
    }

    private mutating func change(_ bytes: inout [UInt8], _ corpus: [Bytes]) {
        guard !bytes.isEmpty else { return bytes.append(.random(in: .min ... .max, using: &random)) }
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0...7, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1: bytes[place] = .random(in: .min ... .max, using: &random)
        case 2: bytes[place] = Mutator.interesting.randomElement(using: &random) ?? 0
        case 3: bytes.insert(Mutator.interesting.randomElement(using: &random) ?? 0, at: place)
        case 4: bytes.remove(at: place)
        case 5: bytes.removeSubrange(place...)
        case 6:
            let value = Mutator.interesting.randomElement(using: &random) ?? 0
            for index in place..<min(place + 4, bytes.count) { bytes[index] = value }
        default: bytes.append(contentsOf: Array(pick(corpus)).suffix(64))
        }
    }
}
