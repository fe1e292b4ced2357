import Records
import Testing

@testable import CommandLine

struct RecordFormatTests {
    @Test func `the value alone is printed`() throws {
        #expect(try printed([:]) == "value\n")
    }

    @Test func `columns come in Kafka's order`() throws {
        let properties = Dictionary(
            uniqueKeysWithValues: ["timestamp", "partition", "offset", "delivery", "epoch", "headers", "key"].map {
                ("print.\($0)", "true")
            }
        )
        #expect(
            try printed(properties)
                == "CreateTime:1700000000000\tPartition:2\tOffset:0\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT"
                + "\th:1,n:null\tkey\tvalue\n"
        )
    }

    @Test func `without a value the last column ends the line`() throws {
        #expect(try printed(["print.key": "true", "print.value": "false"]) == "key\n")
        #expect(try printed(["print.value": "false"]) == "")
    }

    @Test func `separators and the literal for null are chosen`() throws {
        let properties = [
            "print.key": "true", "key.separator": "-", "line.separator": "|", "null.literal": "<nil>",
            "print.headers": "true", "headers.separator": ";",
        ]
        #expect(try printed(properties, key: nil, value: nil) == "h:1;n:<nil>-<nil>-<nil>|")
    }

    @Test func `a record without headers says so`() throws {
        #expect(try printed(["print.headers": "true"], headers: []) == "NO_HEADERS\tvalue\n")
    }

    @Test(arguments: [
        ("IntegerDeserializer", [0xff, 0xff, 0xff, 0xfe], "-2"), ("LongDeserializer", [0, 0, 0, 0, 0, 0, 1, 0], "256"),
        ("ShortDeserializer", [0x7f, 0xff], "32767"),
        ("DoubleDeserializer", [0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], "3.141592653589793"),
        ("FloatDeserializer", [0x3f, 0x80, 0, 0], "1.0"), ("BooleanDeserializer", [1], "true"),
        ("BytesDeserializer", [0x41, 0x5c, 0x0a], "A\\x5C\\x0A"), ("StringDeserializer", [0xc3, 0xa9], "\u{e9}"),
    ])
    func `a deserializer shows what the bytes mean`(name: String, bytes: [UInt8], shown: String) throws {
        let properties = ["value.deserializer": "org.apache.kafka.common.serialization.\(name)"]
        #expect(try printed(properties, value: Bytes(bytes)) == shown + "\n")
    }

    @Test func `a wrong size is an error after what stands before it`() throws {
        var output = RawBuffer()
        let format = try #require(self.format(["value.deserializer": "LongDeserializer", "print.key": "true"]))
        #expect(throws: DeserializationError("Size of data received by LongDeserializer is not 8")) {
            try append(format, &output)
        }
        #expect(output.bytes().utf8 == "key\t")
    }

    @Test func `only Kafka's plain formatters are known`() throws {
        #expect(RecordFormat(className: "nosuch.Formatter", [:]) == nil)
        let silent = RecordFormat(className: "org.apache.kafka.tools.consumer.NoOpMessageFormatter", [:])
        var output = RawBuffer()
        try append(try #require(silent), &output)
        #expect(output.isEmpty)
        #expect(format(["key.deserializer": "nosuch"])?.unknownDeserializers == ["nosuch"])
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (100, "100.0"), (1.5, "1.5"), (0.001, "0.001"), (0.0001, "1.0E-4"),
            (9_999_999, "9999999.0"), (1e7, "1.0E7"), (1.25e20, "1.25E20"), (-123.456, "-123.456"),
            (.infinity, "Infinity"),
            (.leastNormalMagnitude, "2.2250738585072014E-308"),
        ] as [(Double, String)]
    )
    func `numbers are written as Java writes them`(number: Double, text: String) {
        #expect(JavaNumber.text(number) == text)
    }

    private func format(_ properties: [String: String]) -> RecordFormat? {
        RecordFormat(className: "org.apache.kafka.tools.consumer.DefaultMessageFormatter", properties)
    }

    private func printed(
        _ properties: [String: String],
        key: Bytes? = Bytes(utf8: "key"),
        value: Bytes? = Bytes(utf8: "value"),
        headers: [Header] = [Header(key: "h", value: Bytes(utf8: "1")), Header(key: "n", value: nil)]
    ) throws -> String? {
        var output = RawBuffer()
        try append(try #require(format(properties)), &output, key: key, value: value, headers: headers)
        return output.bytes().utf8
    }

    private func append(
        _ format: RecordFormat,
        _ output: inout RawBuffer,
        key: Bytes? = Bytes(utf8: "key"),
        value: Bytes? = Bytes(utf8: "value"),
        headers: [Header] = []
    ) throws {
        var builder = RecordBatchBuilder(compression: .none)
        builder.append(timestamp: 1_700_000_000_000, key: key, value: value, headers: headers)
        let batch = try RecordBatch(try builder.build())
        var reader = try batch.makeRecordReader()
        let record = try #require(try reader.next())
        try format.append(record, partition: 2, timestampType: batch.timestampType, to: &output)
    }
}
