import Records
import Testing

@testable import Coordination

@Suite struct GroupOffsetsTests {
    private let retention: Int64 = 10_080 * 60 * 1_000

    private func entry(_ topic: String, _ partition: Int32 = 0, _ offset: Int64 = 1, metadata: String? = nil)
        -> OffsetCommit.Entry
    {
        OffsetCommit.Entry(
            partition: TopicPartition(TopicName(topic), PartitionIndex(partition)),
            offset: Offset(offset),
            metadata: metadata
        )
    }

    @Test func `a commit from outside makes a group without members`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(entries: [entry("t", 0, 42, metadata: "here")]))
        #expect(group.state == "Empty")
        #expect(group.shard.group("g")?.protocolType == nil)
        let expected = CommittedOffset(offset: 42, metadata: "here", commitTimestamp: group.wall)
        #expect(group.committed("t") == .committed(expected))
        #expect(group.committed("u") == .none)
        #expect(group.log == [.offsetCommit("g", TopicPartition("t", 0), expected)])
    }

    @Test func `a commit keeps the leader epoch and the retention that the client gave`() throws {
        var group = GroupHarness()
        let entry = OffsetCommit.Entry(partition: TopicPartition("t", 0), offset: 7, leaderEpoch: 3)
        try group.commit(OffsetCommit(retention: .seconds(60), entries: [entry]))
        let expires = Timestamp(group.wall.rawValue + 60_000)
        #expect(
            group.committed("t")
                == .committed(
                    CommittedOffset(offset: 7, leaderEpoch: 3, commitTimestamp: group.wall, expireTimestamp: expires)
                )
        )
    }

    @Test func `an endless retention is no overflow`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(retention: .milliseconds(Int64.max), entries: [entry("t")]))
        guard case .committed(let committed) = group.committed("t") else { throw GroupError.unknownServerError }
        #expect(committed.expireTimestamp == Timestamp(.max))
    }

    @Test func `a commit that could not be written is not seen`() throws {
        var group = GroupHarness()
        group.failsAppends = true
        try group.commit(OffsetCommit(entries: [entry("t")]))
        #expect(group.committed("t") == .none)
        #expect(group.state == "none")
    }

    @Test func `metadata that is too long refuses its partition only`() throws {
        var group = GroupHarness()
        let results = try group.commit(
            OffsetCommit(entries: [
                entry("t", 0, 1, metadata: String(repeating: "x", count: 4_097)),
                entry("t", 1, 1, metadata: String(repeating: "x", count: 4_096)),
            ])
        )
        #expect(results == [.offsetMetadataTooLarge, nil])
        #expect(group.log.count == 1)
    }

    @Test func `members commit in their generation`() throws {
        var group = GroupHarness.stable(["a"])
        #expect(group.commitError("a", "t", 5) == nil)
        group.clients["a"]?.generation = 0
        #expect(group.commitError("a", "t", 6) == .illegalGeneration)
        group.clients["a"] = GroupHarness.Client(memberID: "x", generation: 1)
        #expect(group.commitError("a", "t", 6) == .unknownMemberID)
        group.clients["a"] = GroupHarness.Client()
        #expect(group.commitError("a", "t", 6) == .unknownMemberID)
        group.clients["a"] = GroupHarness.Client(memberID: "a1", generation: -1)
        #expect(group.commitError("a", "t", 6) == .illegalGeneration)
    }

    @Test func `members commit before they rejoin, and not before they are assigned`() throws {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        #expect(group.commitError("b", "t", 5) == nil)
        group.join("b")
        #expect(group.state == "CompletingRebalance")
        #expect(group.commitError("b", "t", 6) == .rebalanceInProgress)
    }

    @Test func `a member of a group that is not there cannot commit`() {
        var group = GroupHarness()
        group.clients["a"] = GroupHarness.Client(memberID: "x", generation: 1)
        #expect(group.commitError("a", "t", 1) == .groupIDNotFound)
        #expect(group.log.isEmpty)
    }

    @Test func `all offsets come by topic and partition`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(entries: [entry("u", 1), entry("t", 10), entry("t", 9), entry("u", 0)]))
        let all = group.shard.fetchAllOffsets("g", requireStable: true)
        #expect(all.map { $0.0.description } == ["t-9", "t-10", "u-0", "u-1"])
        #expect(group.shard.fetchAllOffsets("h", requireStable: false).isEmpty)
    }

    @Test func `an offset of an open transaction is unstable until its end`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(entries: [entry("t", 0, 1)]))
        let partition = TopicPartition("t", 0)
        let pending = CommittedOffset(offset: 9, commitTimestamp: 0)
        group.shard.replay(.offsetCommit("g", partition, pending), at: 1, producerID: 5)
        #expect(group.shard.fetchOffsets("g", [partition], requireStable: true) == [.unstable])
        #expect(group.shard.fetchAllOffsets("g", requireStable: true).map(\.1) == [.unstable])
        #expect(group.committed("t") != .committed(pending))
        var aborted = group
        aborted.shard.replayEndOfTransaction(producerID: 5, commits: false)
        #expect(aborted.committed("t") == group.committed("t"))
        group.shard.replayEndOfTransaction(producerID: 5, commits: true)
        #expect(group.committed("t") == .committed(pending))
    }

    @Test func `a plain commit after a transactional one wins though the transaction ends later`() throws {
        var group = GroupHarness()
        let partition = TopicPartition("t", 0)
        let first = CommittedOffset(offset: 1, commitTimestamp: 0)
        let second = CommittedOffset(offset: 2, commitTimestamp: 0)
        group.shard.replay(.offsetCommit("g", partition, first), at: 1, producerID: 5)
        group.shard.replay(.offsetCommit("g", partition, second), at: 2)
        group.shard.replayEndOfTransaction(producerID: 5, commits: true)
        #expect(group.committed("t") == .committed(second))
    }

    @Test func `offsets expire after the group was empty for the retention`() throws {
        var group = GroupHarness.stable(["a"])
        try group.commit("a", "t", 5)
        group.advanceWithHeartbeats(.seconds(5), of: ["a"])
        try group.leave("a")
        group.advance(.milliseconds(retention - 1_000_000))
        #expect(group.committed("t") != .none)
        group.advance(.seconds(2_000))
        #expect(group.committed("t") == .none)
        #expect(group.state == "none")
        #expect(group.notices.contains(.offsetsExpired(1)))
        #expect(group.reloaded().listings.isEmpty)
    }

    @Test func `offsets of a subscribed topic do not expire`() throws {
        // version 1, the topics [t], no user data, no owned partitions
        let subscription = Bytes([0, 1, 0, 0, 0, 1, 0, 1, 0x74, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        var group = GroupHarness.stable(["a"]) { _, client in
            client.sessionTimeout = .seconds(1_800)
            client.protocols = [GroupProtocol(name: "range", metadata: subscription)]
        }
        try group.commit("a", "t", 5)
        try group.commit("a", "u", 6)
        for _ in 0..<(7 * 24 * 3 + 2) {
            group.advance(.seconds(1_200))
            try group.heartbeat("a")
        }
        #expect(group.committed("t") != .none)
        #expect(group.committed("u") == .none)
    }

    @Test func `offsets of a simple group expire after their commit`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(entries: [entry("t")]))
        try group.commit(OffsetCommit(retention: .seconds(60), entries: [entry("u")]))
        group.advance(.seconds(700))
        #expect(group.committed("u") == .none)
        #expect(group.committed("t") != .none)
        group.advance(.milliseconds(retention))
        #expect(group.state == "none")
    }

    @Test func `deleting offsets needs a topic that nobody subscribes to`() throws {
        let subscription = Bytes([0, 0, 0, 0, 0, 1, 0, 1, 0x74, 0xff, 0xff, 0xff, 0xff])
        var group = GroupHarness.stable(["a"]) { _, client in
            client.protocols = [GroupProtocol(name: "range", metadata: subscription)]
        }
        try group.commit("a", "t", 5)
        try group.commit("a", "u", 6)
        let outcome = try group.shard.deleteOffsets(
            "g",
            [TopicPartition("t", 0), TopicPartition("u", 0), TopicPartition("u", 1)]
        )
        #expect(outcome.answer == [.groupSubscribedToTopic, nil, nil])
        group.perform(outcome, asker: nil)
        #expect(group.committed("t") != .none)
        #expect(group.committed("u") == .none)
        #expect(throws: GroupError.groupIDNotFound) { _ = try group.shard.deleteOffsets("h", []) }
    }

    @Test func `offsets of a group whose subscriptions are unknown are not deleted while it has members`() throws {
        let group = GroupHarness.stable(["a"]) { _, client in client.protocolType = "connect" }
        #expect(throws: GroupError.nonEmptyGroup) { _ = try group.shard.deleteOffsets("g", [TopicPartition("t", 0)]) }
    }

    @Test func `a group without members is deleted with its offsets`() throws {
        var group = GroupHarness.stable(["a"])
        try group.commit("a", "t", 5)
        #expect(group.shard.deleteGroup("g").answer == .nonEmptyGroup)
        #expect(group.shard.deleteGroup("h").answer == .groupIDNotFound)
        try group.leave("a")
        group.perform(group.shard.deleteGroup("g"), asker: nil)
        #expect(group.state == "none")
        #expect(group.committed("t") == .none)
        #expect(group.reloaded().listings.isEmpty)
        #expect(group.log.suffix(2) == [.offsetCommit("g", TopicPartition("t", 0), nil), .groupMetadata("g", nil)])
    }

    @Test func `offsets of deleted topics are forgotten`() throws {
        var group = GroupHarness()
        try group.commit(OffsetCommit(entries: [entry("t"), entry("u")]))
        group.perform(group.shard.forgetPartitions { $0.topic == "t" }, asker: nil)
        #expect(group.committed("t") == .none)
        #expect(group.committed("u") != .none)
    }
}
