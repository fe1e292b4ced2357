import KafkaProtocol
import Records
import Testing

@testable import Coordination

@Suite struct GroupRecordCodingTests {
    private func bytes(_ hex: String) -> Bytes {
        let digits = hex.filter { !$0.isWhitespace }
        var bytes: [UInt8] = []
        var index = digits.startIndex
        while index < digits.endIndex {
            let next = digits.index(index, offsetBy: 2)
            bytes.append(UInt8(digits[index..<next], radix: 16) ?? 0)
            index = next
        }
        return Bytes(bytes)
    }

    @Test func `a commit has the bytes that Kafka gives it`() throws {
        let record = GroupRecord.offsetCommit(
            "g",
            TopicPartition("t", 2),
            CommittedOffset(offset: 258, leaderEpoch: 3, metadata: "m", commitTimestamp: 1_700_000_000_000)
        )
        let (key, value) = try record.encoded()
        #expect(key == bytes("0001 0001 67 0001 74 00000002"))
        #expect(value == bytes("0003 0000000000000102 00000003 0001 6d 0000018bcfe56800"))
        #expect(try GroupRecord.decode(key: key, value: value) == .record(record))
    }

    @Test func `a commit with a retention time is written in the version that has one`() throws {
        let record = GroupRecord.offsetCommit(
            "g",
            TopicPartition("t", 0),
            CommittedOffset(offset: 1, commitTimestamp: 2, expireTimestamp: 3)
        )
        let (key, value) = try record.encoded()
        #expect(value == bytes("0001 0000000000000001 0000 0000000000000002 0000000000000003"))
        #expect(try GroupRecord.decode(key: key, value: value) == .record(record))
    }

    @Test func `group metadata has the bytes that Kafka gives it`() throws {
        let member = GroupMetadata.Member(
            memberID: "a1",
            instanceID: nil,
            clientID: "a",
            clientHost: "/h",
            rebalanceTimeout: .seconds(60),
            sessionTimeout: .seconds(10),
            subscription: Bytes([1, 2]),
            assignment: Bytes([3])
        )
        let metadata = GroupMetadata(
            protocolType: "consumer",
            generation: 7,
            protocolName: "range",
            leader: "a1",
            stateSince: 9,
            members: [member]
        )
        let (key, value) = try GroupRecord.groupMetadata("g", metadata).encoded()
        #expect(key == bytes("0002 0001 67"))
        #expect(
            value
                == bytes(
                    """
                    0003 0008 636f6e73756d6572 00000007 0005 72616e6765 0002 6131 0000000000000009 00000001
                    0002 6131 ffff 0001 61 0002 2f68 0000ea60 00002710 00000002 0102 00000001 03
                    """
                )
        )
        #expect(try GroupRecord.decode(key: key, value: value) == .record(.groupMetadata("g", metadata)))
    }

    @Test func `a regular expression is kept with what it matched`() throws {
        let resolved = ResolvedRegex(topics: ["a", "b"], version: 7, timestamp: 8)
        let record = GroupRecord.consumerGroup("g", .regex("a|b", resolved))
        let (key, value) = try record.encoded()
        #expect(key == bytes("0010 0001 67 0003 617c62"))
        #expect(value == bytes("0000 03 02 61 02 62 0000000000000007 0000000000000008 00"))
        #expect(try GroupRecord.decode(key: key, value: value) == .record(record))
    }

    @Test func `tombstones have no value`() throws {
        for record in [GroupRecord.offsetCommit("g", TopicPartition("t", 0), nil), .groupMetadata("g", nil)] {
            let (key, value) = try record.encoded()
            #expect(value == nil)
            #expect(try GroupRecord.decode(key: key, value: value) == .record(record))
        }
    }

    @Test func `a record of another kind of group is left alone`() throws {
        #expect(try GroupRecord.decode(key: bytes("000a 0001 67 0001 6d"), value: nil) == .unknownKind(10))
    }

    @Test func `a member of old has one timeout for both`() throws {
        let value = bytes(
            """
            0000 0008 636f6e73756d6572 00000001 0005 72616e6765 0002 6131 00000001
            0002 6131 0001 61 0002 2f68 00002710 00000000 00000000
            """
        )
        guard
            case .record(.groupMetadata("g", let metadata?)) = try GroupRecord.decode(
                key: bytes("0002 0001 67"),
                value: value
            )
        else {
            Issue.record("not group metadata")
            return
        }
        #expect(metadata.members.first?.rebalanceTimeout == .seconds(10))
        #expect(metadata.stateSince == nil)
    }

    @Test func `garbage is an error, never a trap`() {
        for length in 0..<40 {
            let garbage = Bytes((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) })
            #expect(throws: WireError.self) { try GroupRecord.decode(key: bytes("0001 0001 67"), value: garbage) }
            if length < 5 {
                #expect(throws: WireError.self) { try GroupRecord.decode(key: Bytes([0, 2] + garbage), value: nil) }
            }
        }
    }
}
