import Foundation
import Records

/// Files of the folder Data.
enum TestData {
    static func lines(_ name: String) throws -> [Substring] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Data").appendingPathComponent(name)
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    }
}

struct InvalidHex: Error {}

extension Bytes {
    /// The bytes of an even number of hex digits.
    init(hex: some StringProtocol) throws {
        let digits = try hex.utf8.map { digit -> UInt8 in
            guard let value = Character(UnicodeScalar(digit)).hexDigitValue else { throw InvalidHex() }
            return UInt8(value)
        }
        guard digits.count % 2 == 0 else { throw InvalidHex() }
        self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
