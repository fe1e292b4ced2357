import Foundation
import Records

/// The inputs of one target that the fuzzer found worth keeping, in one file: four bytes of length, big endian, then so many
/// bytes, and so on.
enum PackedCorpus {
    static func inputs(of target: FuzzTarget) throws -> [Bytes] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Corpus").appendingPathComponent(
            "\(target.rawValue).bin"
        )
        let packed = try Data(contentsOf: url)
        var inputs: [Bytes] = []
        var rest = packed[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            inputs.append(Bytes(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        return inputs
    }
}
