import Records
import Testing

@Suite struct CompressionTests {
    static let codecs = Compression.allCases.filter { $0 != .none }

    private func compress(_ source: Bytes, _ codec: Compression, level: Int? = nil) throws -> Bytes {
        var output = RawBuffer()
        try source.withUnsafeBytes { try codec.compress($0, level: level, into: &output) }
        return output.bytes()
    }

    @Test func `names are Kafka's`() {
        #expect(Compression.allCases.map(\.name) == ["none", "gzip", "snappy", "lz4", "zstd"])
        #expect(Compression(name: "lz4") == .lz4)
        #expect(Compression(name: "LZ4") == nil)
    }

    @Test(arguments: codecs) func `any size comes back`(_ codec: Compression) throws {
        let seed: UInt64 = 0x5eed_0006
        print("sizes, \(codec.name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for size in [0, 1, 2, 63, 64, 65, 255, 256, 257, 32767, 32768, 32769, 65536, 65537, 131_073, 300_000] {
            for letters in [1, 3, 256] {
                let source = Bytes(
                    (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next() % UInt64(letters)) }
                )
                let compressed = try compress(source, codec)
                #expect(try codec.decompress(compressed, maxDecompressedBytes: size) == source, "\(size) \(letters)")
                if size > 0 {
                    #expect(throws: RecordsError.self) {
                        try codec.decompress(compressed, maxDecompressedBytes: size - 1)
                    }
                }
            }
        }
    }

    @Test(arguments: codecs) func `every level comes back`(_ codec: Compression) throws {
        guard let levels = codec.levels else { return }
        let source = Bytes((0..<20_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 100) })
        for level in [levels.lowerBound] + Array(max(levels.lowerBound, -3)...levels.upperBound) where level != 0 {
            let compressed = try compress(source, codec, level: level)
            #expect(try codec.decompress(compressed, maxDecompressedBytes: 1 << 20) == source, "level \(level)")
        }
    }

    @Test(arguments: codecs) func `every cut is refused`(_ codec: Compression) throws {
        let source = Bytes((0..<3000).map { UInt8(truncatingIfNeeded: $0 % 7) })
        let compressed = try compress(source, codec)
        for cut in 0..<compressed.count where !(codec == .snappy && cut == 16) {
            #expect(throws: RecordsError.self, "\(cut) of \(compressed.count)") {
                try codec.decompress(compressed[0..<cut], maxDecompressedBytes: 1 << 20)
            }
        }
    }

    @Test func `snappy is written in Java's framing, 32 KiB a block`() throws {
        let compressed = try compress(Bytes([UInt8](repeating: 7, count: 70_000)), .snappy)
        #expect(compressed[0..<16] == [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
        var position = 16
        var blocks = 0
        while position < compressed.count {
            let length = compressed[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            position += 4 + length
            blocks += 1
        }
        #expect(position == compressed.count)
        #expect(blocks == 3)
    }

    @Test func `raw snappy and frames that follow each other are read`() throws {
        // 5 bytes, one literal of 5.
        let raw: Bytes = [5, 4 << 2, 0x68, 0x65, 0x6c, 0x6c, 0x6f]
        #expect(try Compression.snappy.decompress(raw, maxDecompressedBytes: 100) == Bytes(utf8: "hello"))
        let frame = try compress(Bytes(utf8: "hello"), .snappy)
        let two = Bytes(Array(frame) + Array(frame))
        #expect(try Compression.snappy.decompress(two, maxDecompressedBytes: 100) == Bytes(utf8: "hellohello"))
    }

    @Test func `a snappy block that promises what it cannot hold is refused unread`() {
        let lie: Bytes = [0xff, 0xff, 0xff, 0xff, 0x07, 0, 0x41]
        #expect(throws: RecordsError.self) {
            try Compression.snappy.decompress(lie, maxDecompressedBytes: Int.max)
        }
    }

    @Test func `gzip members that follow each other are read, and garbage after them is not`() throws {
        let member = try compress(Bytes(utf8: "hello"), .gzip)
        let two = Bytes(Array(member) + Array(member) + [1, 2, 3])
        #expect(try Compression.gzip.decompress(two, maxDecompressedBytes: 100) == Bytes(utf8: "hellohello"))
    }

    @Test func `lz4 is framed as Java's reader demands: independent blocks of 64 KiB, no sizes`() throws {
        let compressed = try compress(Bytes([UInt8](repeating: 7, count: 100_000)), .lz4)
        #expect(compressed[0..<6] == [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40])
    }

    @Test func `a zstd frame that declares a huge window and content costs no memory`() throws {
        // Magic, single segment with an 8 byte content size of 2^40, one last raw block of 1 byte.
        let lie: Bytes = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 0x09, 0, 0, 0x41]
        #expect(throws: RecordsError.self) {
            try Compression.zstd.decompress(lie, maxDecompressedBytes: 1 << 20)
        }
    }

    @Test(arguments: codecs) func `random bytes are refused or decoded within the limit`(_ codec: Compression) throws {
        let seed: UInt64 = 0x5eed_0007
        print("random compressed bytes, \(codec.name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let sound = Array(try compress(Bytes((0..<2000).map { UInt8(truncatingIfNeeded: $0 / 9) }), codec))
        for _ in 0..<500 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do {
                #expect(try codec.decompress(Bytes(bytes), maxDecompressedBytes: 10_000).count <= 10_000)
            } catch {
                #expect([.decompressionFailed, .decompressedTooLarge].contains(error.kind))
            }
        }
    }
}
