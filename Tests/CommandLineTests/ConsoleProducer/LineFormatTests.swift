import Records
import Testing

@testable import CommandLine

struct LineFormatTests {
    @Test func `a line is a value`() throws {
        #expect(try parse([:], "a\tb") == Line([], nil, "a\tb"))
        #expect(try parse([:], "") == Line([], nil, ""))
    }

    @Test func `key and value are parted at the first separator`() throws {
        let properties = ["parse.key": "true", "key.separator": ":"]
        #expect(try parse(properties, "b:2:3") == Line([], "b", "2:3"))
        #expect(try parse(properties, "c:") == Line([], "c", ""))
        #expect(throws: LineFormatError("No key separator found on line number 7: 'nokey'")) {
            try parse(properties, "nokey")
        }
        #expect(try parse(properties.merging(["ignore.error": "true"]) { $1 }, "nokey") == Line([], nil, "nokey"))
    }

    @Test func `headers come first`() throws {
        let properties = ["parse.headers": "true", "parse.key": "TRUE"]
        #expect(
            try parse(properties, "h1:v1,h2:v2\tk\tv") == Line([("h1", "v1"), ("h2", "v2")], "k", "v")
        )
        #expect(try parse(properties, "h3:\tk4\tval4") == Line([("h3", "")], "k4", "val4"))
        #expect(throws: LineFormatError("No header key separator found in pair '' on line number 7")) {
            try parse(properties, "\tk2\tval2")
        }
        let own = [
            "parse.headers": "true", "parse.key": "true", "headers.delimiter": "|", "headers.separator": ";",
            "headers.key.separator": "=", "key.separator": "~",
        ]
        #expect(try parse(own, "a=1;b=2|kk~vv") == Line([("a", "1"), ("b", "2")], "kk", "vv"))
    }

    @Test func `the marker stands for null`() throws {
        let properties = [
            "parse.key": "true", "key.separator": ":", "null.marker": "NULL", "parse.headers": "true",
            "headers.key.separator": "=",
        ]
        #expect(try parse(properties, "NULL\ta:NULL") == Line([], "a", nil))
        #expect(try parse(properties, "h=NULL\tNULL:x") == Line([("h", nil)], nil, "x"))
        #expect(throws: LineFormatError.self) { try parse(properties, "NULL=v\ta:b") }
    }

    @Test func `separators differ`() {
        #expect(throws: LineFormatError("null.marker and key.separator may not be equal")) {
            try LineFormat(["null.marker": ":", "key.separator": ":"])
        }
        #expect(throws: LineFormatError("headers.separator and headers.key.separator may not be equal")) {
            try LineFormat(["headers.separator": ":"])
        }
    }

    /// A line, taken apart.
    struct Line: Equatable {
        let headers: [Header]
        let key: String?
        let value: String?

        init(_ headers: [(String, String?)], _ key: String?, _ value: String?) {
            self.headers = headers.map { Header(key: $0, value: $1.map { Bytes(utf8: $0) }) }
            self.key = key
            self.value = value
        }
    }

    private func parse(_ properties: [String: String], _ text: String) throws -> Line {
        let format = try LineFormat(properties)
        return try Array(text.utf8).withUnsafeBytes { line in
            let parts = try format.parse(line, number: 7)
            func string(_ range: Range<Int>?) -> String? { range.map { String(decoding: line[$0], as: UTF8.self) } }
            return Line(
                parts.headers.map { ($0.key, $0.value?.utf8) },
                string(parts.key),
                string(parts.value)
            )
        }
    }
}
