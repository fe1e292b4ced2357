import Records
import Testing

@testable import KafkaClient

@Suite struct StickyPartitionerTests {
    @Test func `it stays until enough bytes went there and the batch is full`() {
        var partitioner = StickyPartitioner(stickyBytes: 100)
        var numbers: [UInt64] = [2, 0]
        func next() -> PartitionIndex {
            partitioner.partition(available: [0, 1, 2], count: 3) { numbers.removeFirst() }
        }
        #expect(next() == 2)
        partitioner.appended(bytes: 60, isBatchFull: true)
        #expect(next() == 2)
        partitioner.appended(bytes: 60, isBatchFull: false)
        #expect(next() == 2)
        partitioner.appended(bytes: 1, isBatchFull: true)
        #expect(next() == 0)
    }

    @Test func `twice the bytes end it in any case`() {
        var partitioner = StickyPartitioner(stickyBytes: 100)
        var numbers: [UInt64] = [1, 0]
        func next() -> PartitionIndex { partitioner.partition(available: [], count: 2) { numbers.removeFirst() } }
        #expect(next() == 1)
        partitioner.appended(bytes: 200, isBatchFull: false)
        #expect(next() == 0)
    }

    @Test func `partitions get equal shares`() {
        var generator = SeededGenerator(seed: 3)
        var partitioner = StickyPartitioner(stickyBytes: 1000)
        var shares = [0, 0, 0, 0]
        for _ in 0..<400_000 {
            let partition = partitioner.partition(available: [0, 1, 2, 3], count: 4) { generator.next() }
            shares[Int(partition.rawValue)] += 1
            partitioner.appended(bytes: 100, isBatchFull: true)
        }
        for share in shares { #expect(abs(share - 100_000) < 5000, "\(shares)") }
    }

    @Test func `partitions without a leader are left out`() {
        var generator = SeededGenerator(seed: 4)
        var partitioner = StickyPartitioner(stickyBytes: 1)
        for _ in 0..<100 {
            let partition = partitioner.partition(available: [1], count: 3) { generator.next() }
            #expect(partition == 1)
            partitioner.appended(bytes: 2, isBatchFull: true)
        }
    }
}
