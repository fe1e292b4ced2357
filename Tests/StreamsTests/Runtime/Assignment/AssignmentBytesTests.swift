import KafkaProtocol
import Records
import Testing

@testable import Streams

@Suite struct AssignmentBytesTests {
    private var info: AssignmentInfo {
        var info = AssignmentInfo()
        info.activeTasks = [TaskID(subTopology: 0, partition: 1), TaskID(subTopology: 2, partition: 0)]
        info.standbyTasks = [TaskID(subTopology: 1, partition: 0): [TopicPartition("t", 0)]]
        return info
    }

    @Test func `an assignment has the bytes of Kafka Streams`() {
        let expected: [UInt8] =
            [0, 0, 0, 11, 0, 0, 0, 11]  // version, commonly supported version
            + [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]  // active
            + [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]  // a standby task
            + [0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 0]  // its partitions
            + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]  // topics, hosts, standby hosts
            + [0, 0, 0, 0]  // error
            + [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]  // next rebalance
        #expect(info.encoded() == Bytes(expected))
    }

    @Test func `an assignment reads back in every version`() throws {
        for version in AssignmentInfo.oldestVersion...AssignmentInfo.latestVersion {
            var info = info
            info.version = version
            info.failure = .shutdownRequested
            info.nextRebalanceMs = 17
            #expect(try AssignmentInfo(info.encoded()) == info)
        }
    }

    @Test func `a cut or strange assignment is an error`() {
        let bytes = Array(info.encoded().withUnsafeBytes { Array($0) })
        for length in 0..<bytes.count {
            #expect(throws: TaskAssignmentException.self) { try AssignmentInfo(Bytes(bytes.prefix(length))) }
        }
        for place in 0..<bytes.count {
            var bytes = bytes
            bytes[place] = 0xFF
            // Whatever it says: it ends, and nothing traps.
            _ = Result { try AssignmentInfo(Bytes(bytes)) }
        }
    }

    @Test func `a subscription reads back`() throws {
        var subscription = ThreadSubscription(processID: KafkaUUID(high: 1, low: 2))
        subscription.offsetSums = [
            TaskID(subTopology: 0, partition: 0): ThreadSubscription.running, TaskID(subTopology: 1, partition: 3): 77,
        ]
        subscription.uniqueField = 5
        #expect(try ThreadSubscription(subscription.encoded()) == subscription)
        let member = subscription.member("m")
        #expect(member.activeTasks == [TaskID(subTopology: 0, partition: 0)])
        #expect(member.offsetSums == [TaskID(subTopology: 1, partition: 3): 77])
    }

    @Test func `a subscription of Kafka 2.6 is understood`() throws {
        var data = SubscriptionInfoData()
        data.version = 7
        data.latestSupportedVersion = 7
        data.taskOffsetSums = [.init(topicGroupId: 4, partitionToOffsetSum: [.init(partition: 2, offsetSum: 9)])]
        let subscription = try ThreadSubscription(data.encoded(version: 7))
        #expect(subscription.offsetSums == [TaskID(subTopology: 4, partition: 2): 9])
        #expect(throws: TaskAssignmentException.self) { try ThreadSubscription(Bytes([0, 0, 0, 12])) }
        #expect(throws: TaskAssignmentException.self) { try ThreadSubscription(Bytes([0])) }
    }
}
