import Testing

@testable import CommandLine

struct LineBufferTests {
    @Test func `lines end in a line feed, a carriage return, or both`() {
        #expect(lines(["a\nb\r\nc\rd\n\n\r\ne"]) == ["a", "b", "c", "d", "", "", "e"])
        #expect(lines(["a\n"]) == ["a"])
        #expect(lines(["\n"]) == [""])
        #expect(lines([]) == [])
    }

    @Test func `a line may come in many blocks`() {
        let long = String(repeating: "x", count: 200_000)
        #expect(
            lines(["be", "gin", "\nmid", "dle\r", "\n" + long, long + "\nend"]) == [
                "begin", "middle", long + long, "end",
            ]
        )
    }

    private func lines(_ blocks: [String]) -> [String] {
        var buffer = LineBuffer()
        var lines: [String] = []
        for (place, block) in (blocks + [""]).enumerated() {
            buffer.append(Array(block.utf8))
            buffer.takeLines(isLast: place == blocks.count) { lines.append(String(decoding: $0, as: UTF8.self)) }
        }
        return lines
    }
}
