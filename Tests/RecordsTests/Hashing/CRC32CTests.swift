import CChecksum
import Records
import Testing

@Suite struct CRC32CTests {
    private func crc(_ bytes: Bytes) -> UInt32 { bytes.withUnsafeBytes { crc32c($0) } }

    /// Bit by bit, from the definition.
    private func reference(_ bytes: Bytes) -> UInt32 {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
        }
        return ~crc
    }

    @Test func `known values`() {
        #expect(crc(Bytes(utf8: "123456789")) == 0xe306_9283)
        #expect(crc(Bytes([UInt8](repeating: 0, count: 32))) == 0x8a91_36aa)
        #expect(crc(Bytes([UInt8](repeating: 0xff, count: 32))) == 0x62a8_ab43)
        #expect(crc(Bytes()) == 0)
    }

    @Test func `every length and alignment agrees with the definition`() {
        let seed: UInt64 = 0x5eed_0008
        print("CRC-32C: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let bytes = Bytes((0..<30_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        let lengths =
            Array(0..<70) + [255, 256, 767, 768, 769, 1000, 1536, 5000, 12_287, 12_288, 12_289, 13_100, 29_000]
        for length in lengths {
            for start in [0, 1, 3, 7] {
                let slice = bytes[start..<start + length]
                let expected = reference(slice)
                #expect(crc(slice) == expected, "\(length) from \(start)")
                #expect(slice.withUnsafeBytes { millrace_crc32c_tables(0, $0.baseAddress, $0.count) } == expected)
            }
        }
    }

    @Test func `a checksum is extended piece by piece`() {
        let bytes = Bytes((0..<20_000).map { UInt8(truncatingIfNeeded: $0 * 31) })
        for cut in [0, 1, 9, 800, 13_000, 20_000] {
            let first = bytes[0..<cut].withUnsafeBytes { crc32c($0) }
            #expect(bytes[cut...].withUnsafeBytes { crc32c($0, extending: first) } == crc(bytes))
        }
    }
}
