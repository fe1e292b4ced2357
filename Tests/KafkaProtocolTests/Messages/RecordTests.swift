import Records
import Testing

@testable import KafkaProtocol

@Suite struct RecordTests {
    @Test func `a record leads with its version`() throws {
        let key = OffsetCommitKey(group: "g", topic: "t", partition: 2)
        let bytes = try key.encodedRecord(version: 1)
        #expect(bytes == [0, 1, 0, 1, 0x67, 0, 1, 0x74, 0, 0, 0, 2])
        #expect(try OffsetCommitKey.decodeRecord(bytes) == key)
    }

    @Test func `the version of a key tells which record it is`() throws {
        let offset = OffsetCommitKey(group: "g", topic: "t", partition: 2)
        #expect(try GroupRecordKey.decode(offset.encodedRecord(version: 0)) == .offsetCommit(offset))
        #expect(try GroupRecordKey.decode(offset.encodedRecord(version: 1)) == .offsetCommit(offset))
        let group = GroupMetadataKey(group: "g")
        #expect(try GroupRecordKey.decode(group.encodedRecord(version: 2)) == .groupMetadata(group))
        let member = ConsumerGroupMemberMetadataKey(groupId: "g", memberId: "m")
        #expect(try GroupRecordKey.decode(member.encodedRecord(version: 5)) == .consumerGroupMemberMetadata(member))
        #expect(throws: WireError(.unknownRecord(99), field: "version", byteOffset: 0)) {
            try GroupRecordKey.decode([0, 99])
        }
    }

    @Test func `every key of a group record is found by its version`() throws {
        for type in KafkaMessages.all where type.messageName.hasSuffix("Key") && type != TransactionLogKey.self {
            for version in type.versions {
                let key = try GroupRecordKey.decode(type.init().encodedRecord(version: version))
                #expect("\(key)".contains(type.messageName), "\(version)")
            }
        }
    }

    @Test func `a newer subscription is read as far as it is known`() throws {
        let subscription = ConsumerProtocolSubscription(topics: ["orders"], generationId: 4, rackId: "r")
        var bytes = Array(try subscription.encodedRecord(version: 3))
        bytes[1] = 9
        bytes += [1, 2, 3]
        #expect(throws: WireError.self) { try ConsumerProtocolSubscription.decodeRecord(Bytes(bytes)) }
        #expect(try ConsumerProtocolSubscription.decodeRecordOfAnyNewerVersion(Bytes(bytes)) == subscription)
    }

    @Test func `a metadata record is framed by type and version`() throws {
        let topic = TopicRecord(name: "a", topicId: TopicID(KafkaUUID(high: 1, low: 2)))
        let bytes = try topic.encodedFrame(version: 0)
        #expect(Array(bytes.prefix(5)) == [1, 2, 0, 2, 0x61])
        let (record, version) = try AnyMetadataRecord.decode(bytes)
        #expect(record == .topic(topic))
        #expect(version == 0)
    }

    @Test func `every metadata record is found by its type`() throws {
        let types = KafkaMessages.all.compactMap { $0 as? any MetadataRecord.Type }
        #expect(types.count == 25)
        for type in types {
            for version in type.versions {
                let (found, foundVersion) = try AnyMetadataRecord.decode(type.init().encodedFrame(version: version))
                #expect(Swift.type(of: found.record).messageName == type.messageName)
                #expect(foundVersion == version)
            }
        }
    }

    @Test func `a metadata record of an unknown type, version or frame is refused`() {
        #expect(throws: WireError(.unknownRecord(99), field: "type", byteOffset: 1)) {
            try AnyMetadataRecord.decode([1, 99, 0])
        }
        #expect(throws: WireError(.unsupportedVersion(0, supported: 1...1), field: "frameVersion", byteOffset: 0)) {
            try AnyMetadataRecord.decode([0, 2, 0])
        }
        #expect(throws: WireError(.unsupportedVersion(7, supported: 0...0), field: "", byteOffset: 0)) {
            try AnyMetadataRecord.decode([1, 2, 7])
        }
    }

    @Test func `a change of a partition keeps apart what is absent and what is empty`() throws {
        let change = PartitionChangeRecord(partitionId: 1, isr: [], leader: 3)
        let bytes = try change.encoded(version: 0)
        let decoded = try PartitionChangeRecord.decode(bytes, version: 0)
        #expect(decoded.isr == [])
        #expect(decoded.replicas == nil)
        #expect(decoded.leader == 3)
    }

    @Test func `a struct that may be null travels in a tagged field`() throws {
        var value = ConsumerGroupMemberMetadataValue(clientId: "c", clientHost: "h")
        let without = try value.encoded(version: 0)
        #expect(try ConsumerGroupMemberMetadataValue.decode(without, version: 0).classicMemberMetadata == nil)
        value.classicMemberMetadata = .init(sessionTimeoutMs: 5, supportedProtocols: [.init(name: "n", metadata: [1])])
        let bytes = try value.encoded(version: 0)
        // One tag: 0, of 12 bytes. In it 1 for "not null", the timeout, a list of one, its fields; each struct ends with 0.
        #expect(Array(bytes).suffix(15) == [1, 0, 12, 1, 0, 0, 0, 5, 2, 2, 0x6e, 2, 1, 0, 0])
        #expect(try ConsumerGroupMemberMetadataValue.decode(bytes, version: 0) == value)
    }
}
