import Records
import Testing

@testable import Streams

@Suite struct SerdeTests {
    private func check<Value: SerdeProviding & Equatable>(_ value: Value, _ bytes: Bytes?) throws {
        #expect(try Value.serde.bytes(of: value) == bytes)
        #expect(try Value.serde.value(of: bytes) == value)
    }

    @Test func `values have the bytes of Kafka's serdes`() throws {
        try check("", [])
        try check("Jörg 🐘", Bytes(utf8: "Jörg 🐘"))
        try check(Int16(-2), [0xFF, 0xFE])
        try check(Int32(0x0102_0304), [1, 2, 3, 4])
        try check(Int64.min, [0x80, 0, 0, 0, 0, 0, 0, 0])
        try check(Float(1), [0x3F, 0x80, 0, 0])
        try check(-0.0, [0x80, 0, 0, 0, 0, 0, 0, 0])
        try check(true, [1])
        try check(false, [0])
        try check([1, 2, 3] as [UInt8], [1, 2, 3])
        try check([9] as Bytes, [9])
        try check(
            KafkaUUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210),
            Bytes(utf8: "01234567-89ab-cdef-fedc-ba9876543210")
        )
        try check(String?.none, nil)
        try check(String?.some("a"), [0x61])
    }

    @Test func `every NaN of a double has the same bytes`() throws {
        let canonical: Bytes = [0x7F, 0xF8, 0, 0, 0, 0, 0, 0]
        #expect(try Double.serde.bytes(of: -Double.nan) == canonical)
        #expect(try Double.serde.bytes(of: Double(nan: 5, signaling: false)) == canonical)
    }

    @Test func `lists have the bytes of Kafka's list serde`() throws {
        try check([1, 2] as [Int32], [0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2])
        try check([nil, 7] as [Int16?], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 7])
        try check(["a", ""], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0x61, 0, 0, 0, 0])
        try check(["a", nil] as [String?], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0x61, 0xFF, 0xFF, 0xFF, 0xFF])
        try check([] as [String], [1, 0, 0, 0, 0])
        try check([[1], []] as [[UInt8]], [1, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0])
    }

    @Test func `bytes of a wrong length name both lengths`() throws {
        let error = #expect(throws: SerializationException.self) { try Serde<Int64>.int64.value(of: [1, 2, 3]) }
        #expect(error?.message == "Int64 takes 8 bytes, not 3")
        #expect(throws: SerializationException.self) { try Serde<Int16>.int16.value(of: []) }
        #expect(throws: SerializationException.self) { try Serde<Double>.double.value(of: [0]) }
        #expect(throws: SerializationException.self) { try Serde<Bool>.bool.value(of: [2]) }
        #expect(throws: SerializationException.self) { try Serde<KafkaUUID>.uuid.value(of: Bytes(utf8: "zz")) }
        #expect(throws: SerializationException.self) { try Serde<String>.string.value(of: nil) }
    }

    @Test(
        arguments: [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0xC3], "\u{FFFD}"),
            ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
            ([0xE2, 0x82], "\u{FFFD}"),
            ([0xE2, 0x82, 0x41], "\u{FFFD}A"),
            ([0xE0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}"),
            ([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], "\u{FFFD}\u{FFFD}"),
            ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
            ([0xF0, 0x9F, 0x98, 0x80], "😀"),
            ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ] as [([UInt8], String)]
    )
    func `faults in UTF-8 read as Java reads them`(bytes: [UInt8], text: String) throws {
        #expect(try Serde<String>.string.value(of: Bytes(bytes)) == text)
    }

    @Test func `random bytes are a value or an error, never more`() throws {
        var random = StoreTestGenerator(seed: 4)
        for _ in 0..<20_000 {
            let bytes = Bytes(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    Bool.random(using: &random) ? 0 : UInt8.random(in: 0...255, using: &random)
                }
            )
            for read in [
                { _ = try [Int32?].serde.value(of: bytes) }, { _ = try [String?].serde.value(of: bytes) },
                { _ = try [[Int64]].serde.value(of: bytes) }, { _ = try KafkaUUID.serde.value(of: bytes) },
            ] as [() throws -> Void] {
                do { try read() } catch is SerializationException {}
            }
            #expect(try Serde<String>.string.value(of: bytes).unicodeScalars.count <= bytes.count)
        }
    }
}
