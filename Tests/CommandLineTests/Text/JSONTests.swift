import Foundation
import Testing

@testable import CommandLine

struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-12", "9223372036854775807", "1.5", "[]", "{}", #""""#, #"["a",[1,{"b":null}]]"#,
        #"{"a":1,"b":[true],"c":{"d":"é\n\t\"\\"}}"#,
    ])
    func `what is read is written again`(text: String) throws {
        #expect(try JSONReader.value(of: text).description == text)
        #expect(try JSONReader.value(of: " \n" + text + " trailing").description == text)
    }

    @Test(arguments: [
        "", " ", "[", "[1", "[1,", "[,]", "{", #"{"a"}"#, #"{"a":}"#, "{a:1}", "tru", "+1", ".5", "'a'", "\"a",
        #""\x""#,
        #""\u12""#, #""\ud800""#, "-", "1e", "\u{1}",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.value(of: text) }
    }

    @Test func `escapes are read, and pairs of them`() throws {
        #expect(try JSONReader.value(of: #""\u00e9\ud83d\ude00\/\b\f\r""#) == .string("é😀/\u{8}\u{c}\r"))
    }

    @Test func `deep nesting ends in an error`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONReader.value(of: deep) }
    }

    @Test func `others can read what is written`() throws {
        let value = JSONValue.members(["text": .string("a\u{1}\"é"), "number": .integer(.max), "none": .null])
        let read = try JSONSerialization.jsonObject(with: Data(value.description.utf8)) as? [String: Any]
        #expect(read?["text"] as? String == "a\u{1}\"é")
        #expect(read?["number"] as? Int64 == .max)
        #expect(read?["none"] is NSNull)
    }

    @Test func `a table is as wide as its texts`() {
        var table = TextTable(columns: [
            .init("A", atLeast: 3), .init("B", atLeast: 2, grows: false), .init("C", atLeast: 0),
        ])
        table.rows = [["x", "long", "y"], ["wider", "b", "zz"]]
        #expect(table.lines() == ["A     B  C ", "x     long y ", "wider b  zz"])
    }
}
