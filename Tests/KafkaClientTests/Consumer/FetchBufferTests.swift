import KafkaProtocol
import Records
import Testing

@testable import KafkaClient

/// Cutting, filtering and handing out what was fetched.
struct FetchBufferTests {
    private let partition = TopicPartition("t", 0)

    private func batch(_ base: Int64, _ count: Int, producer: ProducerID = .none, transactional: Bool = false) throws
        -> Bytes
    {
        var builder = RecordBatchBuilder(
            producerID: producer,
            producerEpoch: producer == .none ? .none : 0,
            baseSequence: producer == .none ? -1 : 0,
            isTransactional: transactional,
            partitionLeaderEpoch: 3
        )
        for number in 0..<count { builder.append(timestamp: 0, key: nil, value: Bytes(utf8: "\(number)")) }
        return try builder.build(baseOffset: Offset(base))
    }

    private func marker(_ base: Int64, _ kind: ControlRecord.Kind, producer: ProducerID) throws -> Bytes {
        try ControlRecord(kind).batch(
            baseOffset: Offset(base),
            timestamp: 0,
            partitionLeaderEpoch: 3,
            producerID: producer,
            producerEpoch: 0
        )
    }

    private func read(
        _ parts: [Bytes],
        from offset: Offset = 0,
        _ isolation: IsolationLevel = .readUncommitted,
        aborted: [(ProducerID, Offset)] = []
    ) -> FetchedChunkReader.Result {
        FetchedChunkReader(checksCRCs: true, isolationLevel: isolation).read(
            Bytes(parts.flatMap { Array($0) }),
            of: partition,
            from: offset,
            aborted: aborted.map { FetchResponse.AbortedTransaction(producerId: $0.0, firstOffset: $0.1) }
        )
    }

    @Test func `a truncated last batch is left out`() throws {
        let whole = try batch(0, 3)
        let result = read([whole, try batch(3, 3)[0..<70]])
        #expect(result.batches.count == 1)
        #expect(result.nextOffset == 3)
        #expect(result.failure == nil)
    }

    @Test func `a damaged batch ends what is before it`() throws {
        var bytes = Array(try batch(3, 3))
        bytes[bytes.count - 1] ^= 1
        let result = read([try batch(0, 3), Bytes(bytes)])
        #expect(result.batches.count == 1)
        #expect(result.failure?.code == .corruptMessage)
    }

    @Test func `control batches are passed over and the position moves on`() throws {
        let result = read([try batch(0, 2), try marker(2, .commit(coordinatorEpoch: 0), producer: 7)])
        #expect(result.batches.count == 1)
        #expect(result.nextOffset == 3)
    }

    @Test func `records of aborted transactions are hidden up to their marker`() throws {
        let parts = [
            try batch(0, 2, producer: 7, transactional: true), try batch(2, 2, producer: 8, transactional: true),
            try marker(4, .abort(coordinatorEpoch: 0), producer: 7),
            try marker(5, .commit(coordinatorEpoch: 0), producer: 8),
            try batch(6, 2, producer: 7, transactional: true), try marker(8, .commit(coordinatorEpoch: 0), producer: 7),
        ]
        let committed = read(parts, .readCommitted, aborted: [(7, 0)])
        #expect(committed.batches.map(\.baseOffset) == [2, 6])
        #expect(committed.nextOffset == 9)
        #expect(read(parts).batches.map(\.baseOffset) == [0, 2, 6])
    }

    @Test func `a seek drops what was fetched before, and pausing keeps it`() throws {
        var subscription = SubscriptionState()
        try subscription.assign([partition])
        try subscription.seek(partition, to: 0, epoch: .none)
        var buffer = FetchBuffer()
        func fill() throws {
            let result = read([try batch(0, 2), try batch(2, 2)])
            let incarnation = try #require(subscription[partition]?.incarnation)
            buffer.append(
                FetchedChunk(
                    topicPartition: partition,
                    incarnation: incarnation,
                    batches: result.batches[...],
                    nextOffset: result.nextOffset,
                    nextEpoch: result.nextEpoch,
                    highWatermark: 4,
                    lastStableOffset: 4,
                    logStartOffset: 0,
                    sizeInBytes: 200,
                    failure: nil
                )
            )
        }
        try fill()
        try subscription.pause(true, [partition])
        #expect(try buffer.take(maxRecords: 10, &subscription).isEmpty)
        try subscription.pause(false, [partition])
        let first = try buffer.take(maxRecords: 1, &subscription)
        #expect(first.map(\.positionAfter) == [2])
        #expect(first.map(\.leaderEpochAfter) == [3])
        let second = try buffer.take(maxRecords: 1, &subscription)
        #expect(second.map(\.positionBefore) == [2])
        #expect(second.map(\.positionAfter) == [4])
        #expect(buffer.sizeInBytes == 0)
        try subscription.seek(partition, to: 0, epoch: .none)
        try fill()
        try subscription.seek(partition, to: 1, epoch: .none)
        #expect(try buffer.take(maxRecords: 10, &subscription).isEmpty)
        #expect(buffer.sizeInBytes == 0)
        #expect(buffer.isEmpty)
    }
}
