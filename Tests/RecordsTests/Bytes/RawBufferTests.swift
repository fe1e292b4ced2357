import Records
import Testing

@Suite struct RawBufferTests {
    @Test func `integers are big-endian`() {
        var buffer = RawBuffer()
        buffer.append(uint8: 1)
        buffer.append(int8: -1)
        buffer.append(int16: 0x0203)
        buffer.append(uint16: 0xfffe)
        buffer.append(int32: 0x0405_0607)
        buffer.append(uint32: 0xffff_fffd)
        buffer.append(int64: 0x0809_0a0b_0c0d_0e0f)
        buffer.append(float64: 1)
        let expected: Bytes = [
            1, 0xff, 2, 3, 0xff, 0xfe, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xfd, 8, 9, 10, 11, 12, 13, 14, 15, 0x3f, 0xf0, 0,
            0,
            0, 0, 0, 0,
        ]
        #expect(buffer.bytes() == expected)
    }

    @Test func `bytes handed out and copies keep what they had`() {
        var buffer = RawBuffer(capacity: 64)
        buffer.append(utf8: "abc")
        let bytes = buffer.bytes()
        var copy = buffer
        buffer.append(utf8: "def")
        copy.append(utf8: "xyz")
        buffer.write(int16: 0x2121, at: 0)
        #expect(bytes == Bytes(utf8: "abc"))
        #expect(buffer.bytes() == Bytes(utf8: "!!cdef"))
        #expect(copy.bytes() == Bytes(utf8: "abcxyz"))
        buffer.reset()
        buffer.append(utf8: "new")
        #expect(bytes == Bytes(utf8: "abc"))
        #expect(buffer.bytes() == Bytes(utf8: "new"))
    }

    @Test func `reset keeps the memory where nobody holds bytes of it`() {
        var buffer = RawBuffer(capacity: 100)
        func address() -> UInt { buffer.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        buffer.append(zeroes: 100)
        let before = address()
        buffer.reset()
        buffer.append(int32: 1)
        #expect(address() == before)
        #expect(buffer.capacity == 100)
    }

    @Test func `it grows and keeps what it holds`() {
        var buffer = RawBuffer()
        for index in 0..<10_000 { buffer.append(int32: Int32(index)) }
        let bytes = buffer.bytes()
        #expect(bytes.count == 40_000)
        for index in stride(from: 0, to: 10_000, by: 97) {
            #expect(Int32(bytes[index * 4 + 2]) << 8 | Int32(bytes[index * 4 + 3]) == Int32(index))
        }
    }

    @Test func `its own bytes may be appended`() {
        var buffer = RawBuffer(capacity: 4)
        buffer.append(utf8: "abcd")
        buffer.append(buffer.bytes())
        #expect(buffer.bytes() == Bytes(utf8: "abcdabcd"))
    }

    @Test func `a closure writes in place, and truncation forgets`() {
        var buffer = RawBuffer()
        buffer.append(capacity: 10) { memory in
            memory.copyBytes(from: [1, 2, 3] as [UInt8])
            return 3
        }
        buffer.append(Bytes())
        buffer.append(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(buffer.bytes() == [1, 2, 3])
        buffer.truncate(to: 1)
        #expect(buffer.compactBytes() == [1])
        #expect(!buffer.isEmpty)
    }
}
