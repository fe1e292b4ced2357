import Records
import Synchronization
import Testing

@Suite struct BytesTests {
    @Test func `slices count from zero and share the memory`() {
        let bytes = Bytes([1, 2, 3, 4, 5])
        let middle = bytes[1..<4]
        #expect(middle == [2, 3, 4])
        #expect(middle[1...] == [3, 4])
        #expect(middle[..<1] == [2])
        #expect(middle[2] == 4)
        let outer = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(middle.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == outer + 1)
        #expect(middle.copied().withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } != outer + 1)
    }

    @Test func `order is unsigned and the shorter comes first`() {
        let ordered: [Bytes] = [[], [0], [0, 0], [0, 0xff], [1], [0x7f], [0x80], [0xff], [0xff, 0]]
        for (index, left) in ordered.enumerated() {
            for (other, right) in ordered.enumerated() {
                #expect((left < right) == (index < other), "\(left) \(right)")
                #expect((left == right) == (index == other))
            }
        }
        #expect(Set(ordered.map { $0.copied() }) == Set(ordered))
    }

    @Test func `text is read only where it is UTF-8`() {
        #expect(Bytes(utf8: "gr\u{fc}n").utf8 == "gr\u{fc}n")
        #expect(Bytes([0xc3, 0x28]).utf8 == nil)
        #expect(Bytes().utf8 == "")
    }

    @Test func `adopted memory is given back after its last slice`() {
        final class Flag: Sendable {
            let released = Mutex(false)
        }
        let flag = Flag()
        var slice: Bytes?
        do {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
            memory.copyBytes(from: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt8])
            let bytes = Bytes(adopting: memory) { start in
                start.deallocate()
                flag.released.withLock { $0 = true }
            }
            slice = bytes[6...]
        }
        #expect(slice == [7, 8])
        #expect(!flag.released.withLock { $0 })
        slice = nil
        #expect(flag.released.withLock { $0 })
    }

    @Test func `the description is hex, cut after 64 bytes`() {
        #expect(Bytes([0, 0xab]).description == "00ab")
        #expect(Bytes([UInt8](repeating: 1, count: 70)).description.hasSuffix("01... (70 bytes)"))
    }
}
