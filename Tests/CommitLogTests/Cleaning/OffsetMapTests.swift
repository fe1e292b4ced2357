import Records
import Testing

@testable import CommitLog

@Suite struct `The map from key to offset` {
    private func key<R>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Array(text.utf8).withUnsafeBytes(body)
    }

    @Test func `answers the last offset of each key`() throws {
        let seed = KeyHash.Seed(first: 1, second: 2)
        let map = try #require(OffsetMap(keys: 5000, memoryLimit: 1 << 20, loadFactor: 0.9, seed: seed))
        for offset in 0..<10_000 {
            #expect(key("key-\(offset % 3000)") { map.put($0, Offset(Int64(offset))) })
        }
        #expect(map.count == 3000)
        #expect(map.latestOffset == 9999)
        for number in 0..<3000 {
            let last = number + (number < 1000 ? 9000 : 6000)
            #expect(key("key-\(number)") { map.offset(of: $0) } == Offset(Int64(last)))
        }
        #expect(key("key-3000") { map.offset(of: $0) } == nil)
    }

    @Test func `takes no more keys than its memory holds, but goes on with those it has`() throws {
        let seed = KeyHash.Seed(first: 1, second: 2)
        let bytes = 100 * OffsetMap.bytesPerSlot
        let map = try #require(OffsetMap(keys: 1 << 40, memoryLimit: bytes, loadFactor: 0.9, seed: seed))
        var taken = 0
        while key("\(taken)", { map.put($0, Offset(Int64(taken))) }) { taken += 1 }
        #expect(taken == 90 && map.isFull)
        #expect(key("0") { map.put($0, 1000) })
        #expect(key("0") { map.offset(of: $0) } == 1000)
        #expect(!key("other") { map.put($0, 1001) })
    }

    @Test func `keys of every length up to 40 bytes are told apart, also by their last byte and their length`() {
        let seed = KeyHash.Seed(first: 3, second: 4)
        var hashes: Set<KeyHash> = []
        var count = 0
        for length in 0...40 {
            for last in UInt8(0)..<4 where length > 0 || last == 0 {
                var bytes = [UInt8](repeating: 0, count: length)
                if length > 0 { bytes[length - 1] = last }
                hashes.insert(bytes.withUnsafeBytes { KeyHash($0, seed) })
                count += 1
            }
        }
        #expect(hashes.count == count)
        let other = KeyHash.Seed(first: 3, second: 5)
        #expect([UInt8](repeating: 7, count: 9).withUnsafeBytes { KeyHash($0, seed) != KeyHash($0, other) })
    }
}
