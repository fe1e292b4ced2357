import Records
import Testing

@testable import Coordination

@Suite struct ClassicGroupSyncTests {
    private func completing(_ names: [String]) -> GroupHarness {
        var group = GroupHarness()
        for name in names { group.joinTwice(name) }
        group.advance(.seconds(12))
        group.answers = [:]
        return group
    }

    @Test func `followers wait for the leader's assignment`() {
        var group = completing(["a", "b", "c"])
        group.sync("b")
        #expect(group.take("b") == nil)
        group.sync("a", assigning: ["a": "0", "b": "1"])
        #expect(group.takeAssignment("a") == "0")
        #expect(group.takeAssignment("b") == "1")
        #expect(group.state == "Stable")
        group.sync("c")
        #expect(group.takeAssignment("c") == "")
    }

    @Test func `the assignment names type and protocol, and they must agree`() {
        var group = completing(["a"])
        group.sync("a") { $0.protocolType = "connect" }
        #expect(group.takeRefusal("a") == .inconsistentGroupProtocol)
        group.sync("a") { $0.protocolName = "sticky" }
        #expect(group.takeRefusal("a") == .inconsistentGroupProtocol)
        group.sync("a", assigning: ["a": "0"]) { request in
            request.protocolType = "consumer"
            request.protocolName = "range"
        }
        #expect(
            group.take("a")
                == .sync(.assigned(protocolType: "consumer", protocolName: "range", assignment: Bytes(utf8: "0")))
        )
    }

    @Test func `the leader's assignment is recorded with every member`() throws {
        var group = completing(["a", "b"])
        group.sync("a", assigning: ["a": "0", "b": "1"])
        guard case .groupMetadata("g", let metadata?) = group.log.last else {
            Issue.record("no metadata record")
            return
        }
        #expect(metadata.generation == 1)
        #expect(metadata.leader == "a1")
        #expect(metadata.protocolName == "range")
        #expect(metadata.protocolType == "consumer")
        #expect(metadata.members.map(\.assignment) == [Bytes(utf8: "0"), Bytes(utf8: "1")])
        #expect(metadata.members.map(\.subscription) == [Bytes(utf8: "m"), Bytes(utf8: "m")])
        #expect(metadata.members.map(\.clientID) == ["a", "b"])
        #expect(metadata.members.map(\.clientHost) == ["/10.0.0.1", "/10.0.0.1"])
        #expect(metadata.members.map(\.sessionTimeout) == [.seconds(10), .seconds(10)])
        #expect(metadata.members.map(\.rebalanceTimeout) == [.seconds(60), .seconds(60)])
    }

    @Test func `a stale generation is refused`() {
        var group = completing(["a"])
        group.sync("a") { $0.generation = 0 }
        #expect(group.takeRefusal("a") == .illegalGeneration)
        #expect(group.state == "CompletingRebalance")
    }

    @Test func `a stranger is refused`() {
        var group = completing(["a"])
        group.sync("a") { $0.memberID = "x" }
        #expect(group.takeRefusal("a") == .unknownMemberID)
        var none = GroupHarness()
        none.sync("a")
        #expect(none.takeRefusal("a") == .unknownMemberID)
    }

    @Test func `a sync while members gather is sent to rejoin`() {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        group.sync("b")
        #expect(group.takeRefusal("b") == .rebalanceInProgress)
    }

    @Test func `when the assignment cannot be written nothing has happened`() {
        var group = completing(["a", "b"])
        group.sync("b")
        let before = group.shard.group("g")
        group.failsAppends = true
        group.sync("a", assigning: ["a": "0", "b": "1"])
        #expect(group.shard.group("g") == before)
        #expect(group.take("b") == nil)
        group.failsAppends = false
        group.sync("a", assigning: ["a": "0", "b": "1"])
        #expect(group.takeAssignment("b") == "1")
    }

    @Test func `members that do not sync are sent away after the rebalance timeout`() {
        var group = completing(["a", "b"])
        group.sync("a", assigning: ["a": "0", "b": "1"])
        #expect(group.state == "Stable")
        group.advanceWithHeartbeats(.seconds(60), of: ["a", "b"])
        #expect(group.notices.contains(.memberDidNotSync("b1")))
        #expect(group.state == "PreparingRebalance")
        #expect(group.shard.group("g")?.members.keys.sorted() == ["a1"])
    }

    @Test func `a leader that never assigns is sent away and the rest starts over`() {
        var group = completing(["a", "b"])
        group.sync("b")
        group.advanceWithHeartbeats(.seconds(60), of: ["a"])
        #expect(group.notices.contains(.memberDidNotSync("a1")))
        #expect(group.takeRefusal("b") == .rebalanceInProgress)
        group.join("b")
        #expect(group.takeJoined("b")?.leader == "b1")
    }

    @Test func `syncs that all came end the sync timeout`() {
        var group = completing(["a", "b"])
        group.sync("b")
        group.sync("a", assigning: ["a": "0", "b": "1"])
        group.advanceWithHeartbeats(.seconds(120), of: ["a", "b"])
        #expect(group.state == "Stable")
    }
}
