import Records
import Testing

@testable import Coordination

@Suite struct ClassicGroupSessionTests {
    @Test func `a member that is not heard of is removed`() throws {
        var group = GroupHarness.stable(["a", "b"])
        group.advanceWithHeartbeats(.milliseconds(10_000), of: ["a"])
        #expect(group.notices.contains(.memberSessionExpired("b1")))
        #expect(group.heartbeatError("a") == .rebalanceInProgress)
        #expect(group.heartbeatError("b") == .unknownMemberID)
    }

    @Test func `a heartbeat extends the session to the millisecond`() throws {
        var group = GroupHarness.stable(["a"])
        group.advance(.milliseconds(9_999))
        try group.heartbeat("a")
        group.advance(.milliseconds(9_999))
        #expect(group.state == "Stable")
        group.advance(.milliseconds(1))
        #expect(group.state == "Empty")
    }

    @Test func `a commit extends the session too`() throws {
        var group = GroupHarness.stable(["a"])
        group.advance(.seconds(9))
        try group.commit("a", "t", 1)
        group.advance(.seconds(9))
        #expect(group.state == "Stable")
    }

    @Test func `a jump of the wall clock expires nobody`() throws {
        var group = GroupHarness.stable(["a"])
        group.wall = Timestamp(group.wall.rawValue + 86_400_000)
        group.advance(.seconds(1))
        try group.heartbeat("a")
        #expect(group.state == "Stable")
    }

    @Test func `a heartbeat of another generation or of nobody is refused`() {
        var group = GroupHarness.stable(["a"])
        group.clients["a"]?.generation = 2
        #expect(group.heartbeatError("a") == .illegalGeneration)
        group.clients["a"]?.memberID = "x"
        #expect(group.heartbeatError("a") == .unknownMemberID)
        var none = GroupHarness()
        #expect(none.heartbeatError("a") == .unknownMemberID)
    }

    @Test func `a parked join keeps a known member alive`() {
        var group = GroupHarness.stable(["a", "b"]) { name, client in
            client.sessionTimeout = name == "a" ? .seconds(6) : .seconds(1_000)
        }
        group.join("a")
        group.advance(.seconds(59))
        #expect(group.shard.group("g")?.members["a1"] != nil)
        group.advance(.seconds(1))
        #expect(group.takeJoined("a")?.generation == 2)
        #expect(group.notices.contains(.memberDidNotRejoin("b1")))
        group.advance(.seconds(6))
        #expect(group.state == "Empty")
    }

    @Test func `a new member is given up after five minutes in its first join`() {
        var group = GroupHarness.stable(["a"]) { _, client in
            client.sessionTimeout = .seconds(1_800)
            client.rebalanceTimeout = .seconds(1_000)
        }
        group.joinTwice("b")
        group.advance(.seconds(299))
        #expect(group.waiting == ["b"])
        group.advance(.seconds(1))
        #expect(group.take("b") == .join(.refused(.unknownMemberID, memberID: "")))
        #expect(group.shard.group("g")?.members.keys.sorted() == ["a1"])
    }

    @Test func `the last member that leaves empties the group, in the log too`() throws {
        var group = GroupHarness.stable(["a"])
        try group.leave("a")
        #expect(group.state == "Empty")
        #expect(group.generation == 2)
        let reloaded = group.reloaded().group("g")
        #expect(reloaded?.isEmpty == true)
        #expect(reloaded?.generation == 2)
        #expect(reloaded?.protocolType == "consumer")
        #expect(reloaded?.leader == nil)
        #expect(reloaded?.protocolName == nil)
    }

    @Test func `a leader that leaves is followed by another`() throws {
        var group = GroupHarness.stable(["a", "b", "c"])
        try group.leave("a")
        #expect(group.state == "PreparingRebalance")
        group.join("b")
        group.join("c")
        #expect(group.takeJoined("b")?.leader == "b1")
        #expect(group.takeJoined("c")?.members == [])
    }

    @Test func `members that leave while others gather are awaited no longer`() throws {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        try group.leave("b")
        #expect(group.takeJoined("a")?.generation == 2)
    }

    @Test func `a pending member may leave`() throws {
        var group = GroupHarness.stable(["a"])
        group.join("b")
        #expect(try group.leave("b") == nil)
        group.join("a")
        #expect(group.takeJoined("a")?.generation == 2)
    }

    @Test func `whoever leaves while it waits is answered`() throws {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        try group.leave("a")
        #expect(group.take("a") == .join(.refused(.unknownMemberID, memberID: "")))
        group.join("b")
        group.answers = [:]
        group.joinTwice("c")
        group.join("b")
        group.sync("c")
        group.answers = [:]
        try group.leave("c")
        #expect(group.take("c") == .sync(.refused(.unknownMemberID)))
    }

    @Test func `nobody can leave a group that is not there`() throws {
        var group = GroupHarness()
        #expect(try group.leave([LeavingMember(memberID: "x")]) == [.unknownMemberID])
        #expect(group.log.isEmpty)
    }

    @Test func `a reloaded group resumes with its sessions`() throws {
        var group = GroupHarness.stable(["a", "b"])
        group.restart()
        #expect(group.state == "Stable")
        #expect(group.notices.contains(.loaded(members: 2)))
        try group.heartbeat("a")
        group.sync("b")
        #expect(group.takeAssignment("b") == "for b")
        group.advance(.seconds(10))
        #expect(group.state == "Empty")
    }

    @Test func `a reloaded group over its limit is rebalanced`() {
        var group = GroupHarness.stable(["a", "b"])
        group.configuration.maximumGroupSize = 1
        group.restart()
        #expect(group.state == "PreparingRebalance")
        group.join("a")
        group.join("b")
        #expect(group.takeRefusal("b") == .groupMaxSizeReached)
    }

    @Test func `a shard that moves away sends everybody on`() {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        let effects = group.shard.unload()
        #expect(effects.replies.count == 1)
        #expect(
            effects.replies.allSatisfy {
                if case .join(_, .refused(.notCoordinator, "a1")) = $0 { true } else { false }
            }
        )
    }
}
