import Records
import Testing

@Suite struct VarintTests {
    private func written(_ write: (inout RawBuffer) -> Void) -> Bytes {
        var buffer = RawBuffer()
        write(&buffer)
        return buffer.bytes()
    }

    /// What `read` makes of `bytes`, and how many it takes.
    private func decoded<T>(
        _ bytes: Bytes,
        _ read: (inout UnsafeRawPointer, UnsafeRawPointer) -> T?
    ) -> (value: T?, count: Int) {
        // One byte more, which must not be read, so that the memory has an address where there are none.
        let padded = Bytes(Array(bytes) + [0x55])
        return padded.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return (nil, 0) }
            var cursor = base
            let value = read(&cursor, base + bytes.count)
            return (value, cursor - base)
        }
    }

    @Test func `known bytes`() {
        #expect(written { $0.append(varint: 0) } == [0])
        #expect(written { $0.append(varint: -1) } == [1])
        #expect(written { $0.append(varint: 1) } == [2])
        #expect(written { $0.append(varint: 63) } == [0x7e])
        #expect(written { $0.append(varint: -64) } == [0x7f])
        #expect(written { $0.append(varint: 64) } == [0x80, 0x01])
        #expect(written { $0.append(varint: Int32.max) } == [0xfe, 0xff, 0xff, 0xff, 0x0f])
        #expect(written { $0.append(varint: Int32.min) } == [0xff, 0xff, 0xff, 0xff, 0x0f])
        #expect(written { $0.append(varlong: Int64.min) } == Bytes([UInt8](repeating: 0xff, count: 9) + [1]))
        #expect(written { $0.append(unsignedVarint: 300) } == [0xac, 0x02])
    }

    @Test func `every width of either sign comes back, with the size foretold`() {
        for shift in 0..<64 {
            for value in [Int64(1) << shift, (Int64(1) << shift) &- 1, -(Int64(1) << (shift % 63))] {
                let long = written { $0.append(varlong: value) }
                #expect(decoded(long) { Varint.read64(&$0, limit: $1) } == (value, long.count))
                #expect(long.count == Varint.size(value))
                let unsigned = written { $0.append(unsignedVarlong: UInt64(bitPattern: value)) }
                #expect(
                    decoded(unsigned) { Varint.readUnsigned64(&$0, limit: $1) } == (
                        UInt64(bitPattern: value), unsigned.count
                    )
                )
                #expect(unsigned.count == Varint.size(unsigned: UInt64(bitPattern: value)))
                let narrow = Int32(truncatingIfNeeded: value)
                let short = written { $0.append(varint: narrow) }
                #expect(decoded(short) { Varint.read32(&$0, limit: $1) } == (narrow, short.count))
                #expect(short.count == Varint.size(narrow))
            }
        }
    }

    @Test func `a value that does not end is refused and the cursor stays`() {
        for count in 0..<12 {
            let bytes = Bytes([UInt8](repeating: 0x80, count: count))
            #expect(decoded(bytes) { Varint.readUnsigned32(&$0, limit: $1) } == (nil, 0))
            #expect(decoded(bytes) { Varint.readUnsigned64(&$0, limit: $1) } == (nil, 0))
        }
        let six = Bytes([0x80, 0x80, 0x80, 0x80, 0x80, 0])
        #expect(decoded(six) { Varint.readUnsigned32(&$0, limit: $1) } == (nil, 0))
        #expect(decoded(six) { Varint.readUnsigned64(&$0, limit: $1) } == (0, 6))
    }

    @Test func `bits beyond the width are dropped, as in Java`() {
        let bytes = Bytes([0xff, 0xff, 0xff, 0xff, 0x7f])
        #expect(decoded(bytes) { Varint.readUnsigned32(&$0, limit: $1) } == (UInt32.max, 5))
        let longer = Bytes([UInt8](repeating: 0xff, count: 9) + [0x7f])
        #expect(decoded(longer) { Varint.readUnsigned64(&$0, limit: $1) } == (UInt64.max, 10))
    }
}
