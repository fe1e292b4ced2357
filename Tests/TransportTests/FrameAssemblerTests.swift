import Records
import Testing

@testable import Transport

@Suite struct FrameAssemblerTests {
    private func frames(_ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [Bytes] {
        var assembler = FrameAssembler(maxFrameBytes: limit)
        var frames: [Bytes] = []
        for piece in pieces {
            try piece.withUnsafeBytes { input in
                var consumed = 0
                while let frame = try assembler.next(input, consumed: &consumed) { frames.append(frame) }
                #expect(consumed == input.count)
            }
        }
        return frames
    }

    private func framed(_ body: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body
    }

    @Test func `several frames of one read are cut apart`() throws {
        let input = framed([1, 2, 3]) + framed([]) + framed([4])
        #expect(try frames([input]) == [[1, 2, 3], [], [4]])
    }

    @Test func `a frame that arrives byte by byte is put together`() throws {
        let input = framed([1, 2, 3]) + framed([9])
        #expect(try frames(input.map { [$0] }) == [[1, 2, 3], [9]])
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `frames survive any cut of the stream`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bodies = (0..<50).map { _ in
            (0..<Int.random(in: 0...60_000, using: &generator)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        }
        let stream = bodies.flatMap(framed)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + Int.random(in: 1...40_000, using: &generator))
            pieces.append(Array(stream[start..<end]))
            start = end
        }
        #expect(try frames(pieces) == bodies.map { Bytes($0) }, "seed \(seed)")
    }

    @Test func `an announced length takes no memory before its bytes arrive`() throws {
        var assembler = FrameAssembler(maxFrameBytes: Int(Int32.max))
        let header: [UInt8] = [0x7f, 0xff, 0xff, 0xff, 1]
        let body = [UInt8](repeating: 7, count: 40_000)
        var held: [Int] = []
        for piece in [header, body] {
            try piece.withUnsafeBytes { input in
                var consumed = 0
                let frame = try assembler.next(input, consumed: &consumed)
                #expect(frame == nil)
            }
            held.append(assembler.heldBytes)
        }
        #expect(held[0] <= 16 * 1024)
        #expect(held[1] <= 80_002)
    }

    @Test(arguments: [[UInt8](arrayLiteral: 0xff, 0xff, 0xff, 0xff), [0, 0, 0, 101], [0x80, 0, 0, 0]])
    func `a negative length and one over the limit are refused`(header: [UInt8]) {
        #expect(throws: FrameLengthError.self) { try frames([header], limit: 100) }
    }

    @Test func `a refusal names both numbers`() {
        let error = FrameLengthError(announced: 1_195_725_856, limit: 100)
        #expect("\(error)" == "a frame of 1195725856 bytes was announced, the limit is 100 bytes")
    }
}
