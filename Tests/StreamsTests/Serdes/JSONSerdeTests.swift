import Foundation
import Records
import Testing

@testable import Streams

/// JSON by `Codable`, against texts that are written down and against Foundation's coders.
@Suite struct JSONSerdeTests {
    struct Item: JSONRecord, Hashable {
        enum Color: String, Codable { case red, green }
        enum Shape: Codable, Hashable {
            case circle(radius: Double)
            case square(Int)
            case none
        }

        var name: String
        var count: Int
        var price: Double
        var isSold = false
        var color: Color?
        var shape = Shape.none
        var tags: [String?] = []
        var stock: [String: [Int64]] = [:]
        var parts: [Item] = []
        var small: [UInt8] = []
        var ratio: Float = 0.5
    }

    private func text<Value: Codable & SendableMetatype>(_ value: Value) throws -> String {
        let bytes = try #require(try Serde<Value>.json().bytes(of: value))
        return bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func value<Value: Codable & SendableMetatype>(_ text: String, _ type: Value.Type) throws -> Value {
        try Serde<Value>.json().value(of: Bytes(utf8: text))
    }

    @Test func `members come in the order of the type, those of dictionaries sorted`() throws {
        let item = Item(
            name: "a\"\\/\n\u{1}é🐘",
            count: -7,
            price: 12,
            color: .green,
            shape: .circle(radius: 1.5),
            tags: ["x", nil],
            stock: ["z": [1], "a": [], "m": [Int64.min]]
        )
        #expect(
            try text(item)
                == #"{"name":"a\"\\/\n\u0001é🐘","count":-7,"price":12,"isSold":false,"color":"green","#
                + #""shape":{"circle":{"radius":1.5}},"tags":["x",null],"#
                + #""stock":{"a":[],"m":[-9223372036854775808],"z":[1]},"parts":[],"small":[],"ratio":0.5}"#
        )
        #expect(try text([1: "b", 0: "a"]) == #"{"0":"a","1":"b"}"#)
        #expect(try text("top") == #""top""#)
        #expect(try text(1e300) == "1e+300")
    }

    @Test func `what a text may be is read`() throws {
        #expect(try value(#" [ 1 , -0 , 3.0, 2e2 ] "#, [Int].self) == [1, 0, 3, 200])
        #expect(try value(#""\u0041\ud83d\udc18\/\b\f\t\r""#, String.self) == "A🐘/\u{8}\u{C}\t\r")
        #expect(try value(#"{"b":2,"a":1,"a":3}"#, [String: Int].self) == ["a": 3, "b": 2])
        #expect(
            try value("[0.1, 1e-7, 123456789012345678, 5e-324, 1.7976931348623157e308]", [Double].self) == [
                0.1, 1e-7, 123_456_789_012_345_680, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            ]
        )
        #expect(try value("null", Int?.self) == nil)
        struct Known: Codable, Equatable { var a: Int?, b: String? }
        #expect(try value(#"{"new":{"x":[1,{}]},"b":"B"}"#, Known.self) == Known(a: nil, b: "B"))
    }

    @Test(
        arguments: [
            ("", "no value at byte 0"), ("{", "no name at byte 1"),
            (#"{"name":1} x"#, "something after the value at byte 11"),
            (#"{"name":1}"#, "name: a number for String"), (#"{"name":"a"}"#, "count: is missing"),
            (#"{"name":"a","count":1.5}"#, "count: a number that is no Int"),
            (#"{"name":"a","count":99999999999999999999}"#, "count: a number beyond Int"),
            (#"{"name":"a","count":null}"#, "count: null for Int"),
            (
                #"{"name":"a","count":1,"price":2,"isSold":true,"shape":{"none":{}},"tags":["x",{}]}"#,
                "tags.1: an object for String"
            ),
            ("[]", "an array for Dictionary<String, Any>"), ("01", "something after the value at byte 1"),
            ("\"a\nb\"", "a control character at byte 2"),
            (#"{"name":"\ud800"}"#, "name: a string with bytes or escapes that are no text"),
        ]
    )
    func `a text that does not fit tells where and why`(text: String, problem: String) throws {
        let error = #expect(throws: SerializationException.self) { try value(text, Item.self) }
        #expect(error?.message == "JSON<Item>: \(problem)")
    }

    @Test func `numbers that JSON does not have are refused with their place`() throws {
        let error = #expect(throws: SerializationException.self) { try text(["a": ["b": Double.nan]]) }
        #expect(error?.message.hasSuffix("a.b: JSON has no nan") == true)
    }

    @Test func `deep nesting is refused, not followed`() throws {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: SerializationException.self) { try value(text, [Int].self) }
    }

    class Animal: Codable {
        var legs: Int
        init(legs: Int) { self.legs = legs }
    }

    final class Dog: Animal {
        var name = ""
        private enum Key: CodingKey { case name, inner }
        init(name: String) {
            super.init(legs: 4)
            self.name = name
        }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            name = try container.decode(String.self, forKey: .name)
            var inner = try container.nestedUnkeyedContainer(forKey: .inner)
            #expect(try inner.decode(Int.self) == 1)
            #expect(try inner.nestedContainer(keyedBy: Key.self).decode(String.self, forKey: .name) == "deep")
            #expect(inner.isAtEnd && inner.count == 2)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            var inner = container.nestedUnkeyedContainer(forKey: .inner)
            try inner.encode(1)
            var deep = inner.nestedContainer(keyedBy: Key.self)
            try deep.encode("deep", forKey: .name)
            #expect(inner.count == 2)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func `classes and nested containers travel`() throws {
        #expect(try text(Dog(name: "rex")) == #"{"name":"rex","inner":[1,{"name":"deep"}],"super":{"legs":4}}"#)
        let dog = try value(try text(Dog(name: "rex")), Dog.self)
        #expect(dog.name == "rex" && dog.legs == 4)
    }

    struct Interleaved: Codable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.unkeyedContainer()
            var inner = outer.nestedUnkeyedContainer()
            try outer.encode(1)
            try inner.encode(2)
        }
    }

    @Test func `a container that is gone on with after its place is past is refused`() throws {
        let error = #expect(throws: SerializationException.self) { try text(Interleaved()) }
        #expect(error?.message.contains("after the one around it went on") == true)
    }

    // MARK: Foundation

    private func randomItem(_ random: inout StoreTestGenerator, depth: Int = 0) -> Item {
        func word() -> String {
            let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "é", "🐘", "\u{0}", "/", "\u{2028}"]
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                text.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
            }
            return String(text)
        }
        func number() -> Double {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: Double(Int.random(in: -1000...1000, using: &random)) / 100
            case 1: Double.random(in: -1...1, using: &random) * 1e-9
            case 2:
                Double(sign: .plus, exponent: Int.random(in: -1000...1000, using: &random), significand: 1.2345678901)
            default: Double(Int64.random(in: .min ... .max, using: &random))
            }
        }
        let shapes: [Item.Shape] = [.none, .circle(radius: number()), .square(3)]
        return Item(
            name: word(),
            count: Int.random(in: .min ... .max, using: &random),
            price: number(),
            isSold: Bool.random(using: &random),
            color: Bool.random(using: &random) ? .red : nil,
            shape: shapes[Int.random(in: 0..<3, using: &random)],
            tags: (0..<Int.random(in: 0..<3, using: &random)).map { _ in Bool.random(using: &random) ? word() : nil },
            stock: Dictionary([(word(), [1, -2]), (word(), [])]) { $1 },
            parts: depth < 3
                ? (0..<Int.random(in: 0..<3, using: &random)).map { _ in randomItem(&random, depth: depth + 1) } : [],
            small: [0, 255],
            ratio: Float(Int.random(in: -999...999, using: &random)) / 8
        )
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `Foundation's coders read what ours write, and the other way round`(seed: UInt64) throws {
        var random = StoreTestGenerator(seed: seed)
        let item = randomItem(&random)
        let bytes = try #require(try Item.serde.bytes(of: item))
        #expect(try Item.serde.value(of: bytes) == item, "seed \(seed)")
        #expect(try JSONDecoder().decode(Item.self, from: Data(Array(bytes))) == item, "seed \(seed)")
        #expect(try Item.serde.value(of: Bytes(try JSONEncoder().encode(item))) == item, "seed \(seed)")
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `damaged texts are a value or an error, never more`(seed: UInt64) throws {
        var random = StoreTestGenerator(seed: seed)
        let whole = Array(try #require(try Item.serde.bytes(of: randomItem(&random))))
        for _ in 0..<500 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) where !damaged.isEmpty {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged.remove(at: place)
                case 1: damaged[place] = UInt8.random(in: 0...255, using: &random)
                default: damaged.removeLast(damaged.count - place)
                }
            }
            do { _ = try Item.serde.value(of: Bytes(damaged)) } catch is SerializationException {}
        }
    }
}
