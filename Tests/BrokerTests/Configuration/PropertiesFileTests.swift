import Testing

@testable import Broker

@Suite struct PropertiesFileTests {
    private func parse(_ text: String) -> [String: String] {
        Dictionary(PropertiesFile.parse(text).map { ($0.key, $0.value) }) { _, last in last }
    }

    @Test func `equals sign, colon and blank all end a key`() {
        #expect(parse("a=1\nb : 2\nc 3\nd\n") == ["a": "1", "b": "2", "c": "3", "d": ""])
    }

    @Test func `comments and blank lines are left out`() {
        #expect(parse("# one\n  ! two\n\n a = 1 \n") == ["a": "1 "])
    }

    @Test func `a backslash at the end of a line continues it without the next line's indent`() {
        #expect(parse("a=1,\\\n   2,\\\n   3\nb=4") == ["a": "1,2,3", "b": "4"])
    }

    @Test func `an even number of backslashes does not continue a line`() {
        #expect(parse("a=1\\\\\nb=2") == ["a": "1\\", "b": "2"])
    }

    @Test func `escapes stand for what they escape`() {
        #expect(parse("a\\=b=\\t\\u00e9\\n\\:x") == ["a=b": "\t\u{e9}\n:x"])
    }

    @Test func `a surrogate pair in two escapes is one character`() {
        #expect(parse("a=\\ud83d\\ude00") == ["a": "\u{1F600}"])
    }
}
