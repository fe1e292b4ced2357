import Records
import Testing

@testable import Coordination

@Suite struct ClassicGroupStaticMemberTests {
    private func statics(_ names: [String]) -> GroupHarness {
        GroupHarness.stable(names) { name, client in client.instanceID = GroupInstanceID("i-\(name)") }
    }

    @Test func `a static member joins without coming back`() {
        let group = statics(["a", "b"])
        #expect(group.state == "Stable")
        #expect(group.shard.group("g")?.members["a1"]?.instanceID == "i-a")
    }

    @Test func `a static member that restarts gets its assignment back without a rebalance`() {
        var group = statics(["a", "b"])
        let records = group.log.count
        group.join("b") { $0.memberID = "" }
        let joined = group.takeJoined("b")
        #expect(joined?.memberID == "b2")
        #expect(joined?.generation == 1)
        #expect(joined?.skipAssignment == false)
        #expect(group.state == "Stable")
        group.sync("b")
        #expect(group.takeAssignment("b") == "for b")
        #expect(group.log.count == records + 1)
        #expect(group.reloaded().group("g")?.members["b2"]?.assignment == Bytes(utf8: "for b"))
    }

    @Test func `a static leader that restarts is told to skip the assignment`() {
        var group = statics(["a", "b"])
        group.join("a") { $0.memberID = "" }
        let joined = group.takeJoined("a")
        #expect(joined?.leader == "a2")
        #expect(joined?.skipAssignment == true)
        #expect(joined?.members.map(\.memberID) == ["a2", "b1"])
    }

    @Test func `an older static leader is told that its former self leads`() {
        var group = statics(["a", "b"])
        group.join("a") { client in
            client.memberID = ""
            client.supportsSkippingAssignment = false
        }
        let joined = group.takeJoined("a")
        #expect(joined?.memberID == "a2")
        #expect(joined?.leader == "a1")
        #expect(joined?.members == [])
        #expect(joined?.skipAssignment == false)
    }

    @Test func `the former self is fenced`() {
        var group = statics(["a", "b"])
        group.clients["old"] = group.clients["b"]
        group.join("b") { $0.memberID = "" }
        #expect(group.heartbeatError("old") == .fencedInstanceID)
        #expect(group.commitError("old", "t", 1) == .fencedInstanceID)
        group.sync("old")
        #expect(group.takeRefusal("old") == .fencedInstanceID)
        group.join("old")
        #expect(group.take("old") == .join(.refused(.fencedInstanceID, memberID: "b1")))
        #expect(group.notices.contains(.memberFenced("b1", "i-b", current: "b2")))
    }

    @Test func `an instance id that is not in the group is unknown`() {
        var group = statics(["a"])
        group.clients["a"]?.instanceID = "other"
        #expect(group.heartbeatError("a") == .unknownMemberID)
    }

    @Test func `whoever waits under the former id is fenced at once`() {
        var group = statics(["a", "b"])
        group.join("a")
        group.join("b") { client in client.protocols.append(GroupProtocol(name: "x", metadata: Bytes())) }
        #expect(group.waiting == [])
        group.answers = [:]
        group.join("a")
        #expect(group.state == "CompletingRebalance")
        group.answers = [:]
        group.sync("b")
        group.clients["b again"] = group.clients["b"]
        group.join("b again") { $0.memberID = "" }
        #expect(group.takeRefusal("b") == .fencedInstanceID)
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `a restart that changes the choice of protocol rebalances`() {
        func list(_ names: String...) -> [GroupProtocol] { names.map { GroupProtocol(name: $0, metadata: Bytes()) } }
        var group = GroupHarness.stable(["a", "b", "c"]) { name, client in
            client.instanceID = GroupInstanceID("i-\(name)")
            client.protocols = name == "a" ? list("x", "y") : name == "b" ? list("y", "x") : list("x", "y")
        }
        #expect(group.shard.group("g")?.protocolName == "x")
        group.join("c") { client in
            client.memberID = ""
            client.protocols = list("y", "x")
        }
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `a static member that stays away keeps its place in the next generation`() {
        var group = statics(["a", "b"])
        group.clients["b"]?.sessionTimeout = .seconds(1_000)
        group.join("b") { client in client.protocols = [GroupProtocol(name: "range", metadata: Bytes(utf8: "n"))] }
        group.join("a")
        group.sync("b")
        group.answers = [:]
        group.sync("a", assigning: ["a": "x", "b": "y"])
        group.answers = [:]
        group.join("a")
        group.advanceWithHeartbeats(.seconds(60), of: ["a"])
        let joined = group.takeJoined("a")
        #expect(joined?.generation == 3)
        #expect(joined?.members.map(\.memberID) == ["a1", "b1"])
    }

    @Test func `an absent static leader hands over to whoever joined`() {
        var group = GroupHarness.stable(["a", "b"]) { name, client in
            client.instanceID = GroupInstanceID("i-\(name)")
            client.sessionTimeout = .seconds(600)
        }
        group.join("b") { client in client.protocols = [GroupProtocol(name: "range", metadata: Bytes(utf8: "n"))] }
        group.advance(.seconds(60))
        let joined = group.takeJoined("b")
        #expect(joined?.leader == "b1")
        #expect(joined?.members.map(\.memberID) == ["a1", "b1"])
        #expect(group.notices.contains(.leaderReplaced(old: "a1", new: "b1")))
    }

    @Test func `a generation of absent static members does not end`() throws {
        var group = GroupHarness.stable(["a", "b"]) { name, client in
            client.instanceID = name == "a" ? "i-a" : nil
            client.sessionTimeout = .seconds(600)
        }
        try group.leave("b")
        #expect(group.state == "PreparingRebalance")
        group.advance(.seconds(60))
        #expect(group.notices.contains(.rebalanceStuck))
        #expect(group.state == "PreparingRebalance")
        group.join("a") { $0.memberID = "" }
        #expect(group.takeJoined("a")?.generation == 2)
    }

    @Test func `an operator removes a static member by its instance id`() throws {
        var group = statics(["a", "b"])
        let results = try group.leave([
            LeavingMember(memberID: "", instanceID: "i-b", reason: "scaled down"),
            LeavingMember(memberID: "", instanceID: "i-unknown"),
            LeavingMember(memberID: "wrong", instanceID: "i-a"),
            LeavingMember(memberID: ""),
        ])
        #expect(results == [nil, .unknownMemberID, .fencedInstanceID, .unknownMemberID])
        #expect(group.notices.contains(.memberLeft("b1", reason: "scaled down")))
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `when the new id cannot be written the former self lives on`() throws {
        var group = statics(["a", "b"])
        let before = group.shard.group("g")
        group.failsAppends = true
        group.clients["new"] = group.clients["b"]
        group.join("new") { $0.memberID = "" }
        #expect(group.shard.group("g") == before)
        try group.heartbeat("b")
    }
}
