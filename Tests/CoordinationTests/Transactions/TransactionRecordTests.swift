import Coordination
import Records
import Testing

@Suite struct TransactionRecordTests {
    private func bytes(_ hex: String) -> Bytes {
        var bytes: [UInt8] = []
        var rest = Substring(hex.filter { $0 != " " })
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return Bytes(bytes)
    }

    /// What Apache Kafka wrote for `txn-a` with `transaction.version` 0.
    @Test func `records of Apache Kafka are read and written byte for byte`() throws {
        let key = bytes("0000 0005 74786e2d61")
        let empty = bytes("0000 000000000000000b 0000 0000ea60 00 ffffffff 000001a1fbf697e1 ffffffffffffffff")
        let ongoing = bytes(
            "0000 000000000000000b 0000 0000ea60 01 00000001 0003 74786e 00000002 00000000 00000001 "
                + "000001a1fbf69817 000001a1fbf69817"
        )
        let complete = bytes("0000 000000000000000b 0000 0000ea60 04 00000000 000001a1fbf69852 000001a1fbf69817")
        for (value, state, partitions) in [
            (empty, TransactionState.empty, Set<TopicPartition>()),
            (ongoing, .ongoing, [TopicPartition("txn", 0), TopicPartition("txn", 1)]),
            (complete, .completeCommit, []),
        ] {
            let record = try #require(try TransactionRecord.decode(key: key, value: value))
            #expect(record.transactionalID == "txn-a")
            let metadata = try #require(record.metadata)
            #expect(metadata.producer == ProducerIdentity(11, 0))
            #expect(metadata.timeout == .seconds(60))
            #expect(metadata.state == state)
            #expect(metadata.partitions == partitions)
            let (writtenKey, writtenValue) = try record.encoded(.v0)
            #expect(writtenKey == key)
            #expect(writtenValue == value)
        }
    }

    @Test func `version 1 of a record keeps what version 2 of transactions needs`() throws {
        var metadata = TransactionMetadata(
            producerID: 11,
            producerEpoch: 32_767,
            timeout: .seconds(60),
            state: .prepareCommit,
            lastUpdateTimestamp: 5
        )
        metadata.nextProducerID = 12
        metadata.previousProducerID = 10
        metadata.clientVersion = .v2
        metadata.startTimestamp = 4
        metadata.partitions = [orders]
        let record = TransactionRecord("t", metadata)
        let (key, value) = try record.encoded(.v2)
        #expect(try TransactionRecord.decode(key: key, value: value) == record)
        #expect(try TransactionRecord.decode(key: key, value: nil) == TransactionRecord("t", nil))
    }

    @Test func `keys of other kinds are left alone`() throws {
        #expect(try TransactionRecord.decode(key: bytes("0007 00"), value: nil) == nil)
    }
}
