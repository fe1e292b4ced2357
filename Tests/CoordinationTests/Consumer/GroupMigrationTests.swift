import KafkaProtocol
import Records
import Testing

@testable import Coordination

@Suite struct GroupMigrationTests {
    private let topicID = ConsumerGroupHarness.Topics.id(0)

    private func assignment(_ partitions: [PartitionIndex]) throws -> Bytes {
        try ConsumerProtocolAssignment(assignedPartitions: [.init(topic: "t", partitions: partitions)])
            .encodedRecord(version: 1)
    }

    private func partitions(_ reply: SyncReply?) throws -> [PartitionIndex] {
        guard case .assigned(_, _, let bytes)? = reply else { return [-1] }
        return try ConsumerProtocolAssignment.decodeRecord(bytes).assignedPartitions.flatMap(\.partitions).sorted()
    }

    /// A classic group with one member, `new`, that owns all three partitions.
    private func classic(_ harness: inout ConsumerGroupHarness) throws -> Int32 {
        let metadata = try ConsumerGroupHarness.subscription(["t"])
        #expect(harness.classicJoin("", metadata) == .refused(.memberIDRequired, memberID: "new"))
        var joined = harness.classicJoin("new", metadata)
        if joined == nil {
            harness.advance(.seconds(1))
            if case .join(_, let reply)? = harness.replies.last { joined = reply }
        }
        guard case .joined(let answer)? = joined else { return -1 }
        let synced = harness.classicSync(
            "new",
            generation: answer.generation,
            assigning: ["new": try assignment([0, 1, 2])]
        )
        #expect(try partitions(synced) == [0, 1, 2])
        return answer.generation
    }

    @Test func `a consumer joins a classic group, which goes on without losing a member`() throws {
        var harness = ConsumerGroupHarness()
        let generation = try classic(&harness)
        try harness.join("a")
        #expect(harness.shard.group("g") == nil)
        #expect(harness.value?.members.keys.sorted() == ["a", "new"])
        #expect(harness.value?.members["new"]?.assigned.count == 3)
        // The classic member learns that it has to join again, gives up what it must, and the new one gets it.
        #expect(harness.classicHeartbeatError("new", generation: generation) == .rebalanceInProgress)
        let all = try ConsumerGroupHarness.subscription(["t"], owned: [("t", [0, 1, 2])])
        guard case .joined(let told)? = harness.classicJoin("new", all) else {
            Issue.record("the member could not join again")
            return
        }
        let kept = try partitions(harness.classicSync("new", generation: told.generation))
        #expect(kept.count < 3 && !kept.isEmpty)
        let less = try ConsumerGroupHarness.subscription(["t"], owned: [("t", kept)])
        guard case .joined(let done)? = harness.classicJoin("new", less) else {
            Issue.record("the member could not join again")
            return
        }
        #expect(try partitions(harness.classicSync("new", generation: done.generation)) == kept)
        try harness.heartbeat("a")
        #expect(harness.count("a") == 3 - kept.count)
        #expect(harness.value?.state == .stable)
        #expect(harness.classicHeartbeatError("new", generation: done.generation) == nil)
    }

    @Test func `the last member of the consumer protocol leaves, and the group is a classic one again`() throws {
        var harness = ConsumerGroupHarness()
        _ = try classic(&harness)
        try harness.join("a")
        try harness.leave("a")
        #expect(harness.value == nil)
        #expect(harness.shard.group("g")?.members.keys.sorted() == ["new"])
        #expect(harness.shard.listings.map(\.typeName) == ["classic"])
        guard case .joined(let answer)? = harness.classicJoin("new", try ConsumerGroupHarness.subscription(["t"]))
        else {
            Issue.record("the member could not join the classic group")
            return
        }
        #expect(answer.leader == "new")
    }

    @Test func `a classic member takes the place of the last static one of the consumer protocol`() throws {
        var harness = ConsumerGroupHarness([("t", 4)])
        let subscription = try ConsumerGroupHarness.subscription(["t"])
        try harness.join("a") { $0.instanceID = "i" }
        guard case .joined? = harness.classicJoin("", subscription, instanceID: "j", newMemberID: "old") else {
            Issue.record("the classic member could not join")
            return
        }
        try harness.heartbeat("a")
        #expect(harness.value?.members["a"]?.assigned.count == 2)
        let kept = harness.value?.members["a"]?.assigned
        let epoch = harness.value?.epoch
        guard case .joined(let told)? = harness.classicJoin("", subscription, instanceID: "i") else {
            Issue.record("the member could not take the other's place")
            return
        }
        #expect(harness.value == nil && harness.shard.listings.map(\.typeName) == ["classic"])
        let group = try #require(harness.shard.group("g"))
        #expect(group.members.keys.sorted() == ["new", "old"] && group.state == .stable(owed: nil))
        #expect(group.generation == epoch && told.generation == epoch && told.protocolName == "range")
        #expect(group.brokenInvariant == nil)
        // Nobody has to join again: the assignment stands.
        let expected = kept?.sorted.flatMap(\.partitions)
        #expect(try partitions(harness.classicSync("new", generation: told.generation)) == expected)
    }

    @Test func `a static member that is replaced is not the last one, or no group may go back`() throws {
        for policy in [GroupMigrationPolicy.upgrade, .bidirectional] {
            var harness = ConsumerGroupHarness { $0.migrationPolicy = policy }
            try harness.join("a") { $0.instanceID = "i" }
            if policy == .bidirectional { try harness.join("b") }
            _ = harness.classicJoin("", try ConsumerGroupHarness.subscription(["t"]), instanceID: "i")
            #expect(harness.value?.members["new"]?.classic != nil && harness.value?.members["a"] == nil)
        }
    }

    @Test func `a group does not change its protocol where that is not allowed`() throws {
        var harness = ConsumerGroupHarness { $0.migrationPolicy = .disabled }
        _ = try classic(&harness)
        let before = harness.shard.group("g")
        #expect(throws: GroupError.groupIDNotFound) { try harness.join("a") }
        #expect(harness.shard.group("g") == before && harness.value == nil)
    }

    @Test func `an empty group takes the protocol of whoever comes`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        try harness.leave("a")
        _ = try classic(&harness)
        #expect(harness.value == nil && harness.shard.group("g") != nil)
        _ = harness.perform(try harness.shard.leave("g", [LeavingMember(memberID: "new")], at: harness.moment))
        try harness.join("b")
        #expect(harness.shard.group("g") == nil)
        #expect(harness.count("b") == 3)
    }

    @Test func `records of a consumer group read back as they were written`() throws {
        var member = ConsumerGroupMember(id: "m")
        member.instanceID = "i"
        member.rackID = "r"
        member.clientID = "c"
        member.clientHost = "/h"
        member.topics = ["a", "b"]
        member.topicRegex = "x.*"
        member.rebalanceTimeoutMs = 5
        member.assignor = "range"
        member.classic = .init(
            sessionTimeout: .milliseconds(7),
            protocols: [GroupProtocol(name: "p", metadata: Bytes(utf8: "m"))]
        )
        let some = PartitionsByTopic([(topicID, [2, 0])])
        var owner = member
        owner.epoch = 4
        owner.previousEpoch = 3
        owner.state = .unrevokedPartitions
        owner.assigned = some
        owner.revoking = PartitionsByTopic([(topicID, [1])])
        let records: [ConsumerGroupRecord] = [
            .epoch(9), .epoch(nil), .topics([GroupTopic(id: topicID, name: "t", partitionCount: 3)]), .topics(nil),
            .member("m", member), .member("m", nil), .targetEpoch(8), .targetEpoch(nil), .target("m", some),
            .target("m", nil), .current("m", .init(owner)), .current("m", nil),
            .regex("x.*", ResolvedRegex(topics: ["x1", "x2"], version: 7, timestamp: 8)), .regex("x.*", nil),
        ]
        for record in records {
            let (key, value) = try GroupRecord.consumerGroup("g", record).encoded()
            #expect(try GroupRecord.decode(key: key, value: value) == .record(.consumerGroup("g", record)))
        }
    }
}
