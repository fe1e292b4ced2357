import Records
import Testing

@testable import Coordination

@Suite struct ClassicGroupJoinTests {
    @Test func `a new dynamic member is given an id and must come back with it`() {
        var group = GroupHarness()
        group.join("a")
        #expect(group.take("a") == .join(.refused(.memberIDRequired, memberID: "a1")))
        #expect(group.state == "Empty")
        group.join("a")
        #expect(group.take("a") == nil)
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `a client of old joins at once`() {
        var group = GroupHarness()
        group.join("a") { $0.requiresKnownMemberID = false }
        #expect(group.state == "PreparingRebalance")
        #expect(group.shard.group("g")?.members["a1"] != nil)
    }

    @Test func `a group exists in the log from its first join on`() {
        var group = GroupHarness()
        group.join("a")
        #expect(group.log.count == 1)
        let metadata = group.reloaded().group("g")?.metadata
        #expect(metadata?.generation == 0)
        #expect(metadata?.protocolType == "")
        group.join("a")
        #expect(group.log.count == 1)
    }

    @Test func `the first rebalance waits for its delay`() {
        var group = GroupHarness()
        group.joinTwice("a")
        group.advance(.milliseconds(2_999))
        #expect(group.waiting == ["a"])
        group.advance(.milliseconds(1))
        #expect(group.takeJoined("a")?.generation == 1)
        #expect(group.state == "CompletingRebalance")
    }

    @Test func `the delay is extended while members come, up to the rebalance timeout`() {
        var group = GroupHarness()
        group.joinTwice("a") { $0.rebalanceTimeout = .seconds(7) }
        for name in ["b", "c", "d", "e", "f"] {
            group.advance(.seconds(2))
            if group.state == "PreparingRebalance" { group.joinTwice(name) { $0.rebalanceTimeout = .seconds(7) } }
        }
        // 3 s, extended by 3 s, and by what is left of 7 s: 1 s.
        #expect(group.answers["a"]?.count == 1)
        #expect(group.takeJoined("a")?.members.map(\.memberID) == ["a1", "b1", "c1", "d1"])
    }

    @Test func `without a delay the first member forms a generation at once`() {
        var group = GroupHarness { $0.initialRebalanceDelay = .zero }
        group.joinTwice("a")
        group.advance(.zero)
        #expect(group.takeJoined("a")?.generation == 1)
    }

    @Test func `only the leader learns who the members are`() {
        var group = GroupHarness()
        group.joinTwice("a")
        group.joinTwice("b")
        group.advance(.seconds(6))
        let a = group.takeJoined("a")
        let b = group.takeJoined("b")
        #expect(a?.leader == "a1")
        #expect(b?.leader == "a1")
        #expect(a?.members.map(\.memberID) == ["a1", "b1"])
        #expect(b?.members == [])
        #expect(a?.protocolName == "range")
        #expect(a?.protocolType == "consumer")
    }

    @Test func `a pending member is awaited until its session ends`() {
        var group = GroupHarness.stable(["a"])
        group.join("b")
        group.join("a")
        #expect(group.takeJoined("a") == nil)
        group.advance(.seconds(10))
        #expect(group.notices.contains(.pendingMemberExpired("b1")))
        #expect(group.takeJoined("a")?.generation == 2)
        group.join("b")
        #expect(group.take("b") == .join(.refused(.memberIDRequired, memberID: "b1")))
        #expect(group.take("b") == .join(.refused(.unknownMemberID, memberID: "b1")))
    }

    @Test func `a join outside the session bounds is refused and makes no group`() {
        var group = GroupHarness()
        group.join("a") { $0.sessionTimeout = .milliseconds(5_999) }
        #expect(group.takeRefusal("a") == .invalidSessionTimeout)
        group.join("a") { $0.sessionTimeout = .milliseconds(1_800_001) }
        #expect(group.takeRefusal("a") == .invalidSessionTimeout)
        #expect(group.state == "none")
        #expect(group.log.isEmpty)
    }

    @Test func `a member id that nobody gave is unknown`() {
        var group = GroupHarness()
        group.join("a") { $0.memberID = "made-up" }
        #expect(group.take("a") == .join(.refused(.unknownMemberID, memberID: "made-up")))
        #expect(group.state == "none")
        var other = GroupHarness.stable(["b"])
        other.join("a") { $0.memberID = "made-up" }
        #expect(other.take("a") == .join(.refused(.unknownMemberID, memberID: "made-up")))
        #expect(other.state == "Stable")
    }

    @Test func `a member whose type or protocols do not fit is refused`() {
        var group = GroupHarness.stable(["a"])
        group.join("b") { $0.protocolType = "connect" }
        #expect(group.takeRefusal("b") == .inconsistentGroupProtocol)
        group.join("b") { client in
            client.protocolType = "consumer"
            client.protocols = [GroupProtocol(name: "sticky", metadata: Bytes())]
        }
        #expect(group.takeRefusal("b") == .inconsistentGroupProtocol)
        #expect(group.state == "Stable")
        var empty = GroupHarness()
        empty.join("a") { $0.protocols = [] }
        #expect(empty.takeRefusal("a") == .inconsistentGroupProtocol)
    }

    @Test func `any protocol type will do`() {
        var group = GroupHarness()
        group.joinTwice("worker") { client in
            client.protocolType = "connect"
            client.protocols = [GroupProtocol(name: "sessioned", metadata: Bytes(utf8: "url"))]
        }
        group.advance(.seconds(3))
        let joined = group.takeJoined("worker")
        #expect(joined?.protocolType == "connect")
        #expect(joined?.members.first?.metadata == Bytes(utf8: "url"))
    }

    @Test func `the protocol with the most votes among those that all support wins`() {
        func list(_ names: String...) -> [GroupProtocol] {
            names.map { GroupProtocol(name: $0, metadata: Bytes(utf8: $0)) }
        }
        var group = GroupHarness()
        group.joinTwice("a") { $0.protocols = list("x", "range", "sticky") }
        group.joinTwice("b") { $0.protocols = list("sticky", "range") }
        group.joinTwice("c") { $0.protocols = list("sticky", "y", "range") }
        group.advance(.seconds(9))
        let joined = group.takeJoined("a")
        #expect(joined?.protocolName == "sticky")
        #expect(
            joined?.members.map(\.metadata) == [Bytes(utf8: "sticky"), Bytes(utf8: "sticky"), Bytes(utf8: "sticky")]
        )
    }

    @Test func `a full group takes nobody`() {
        var group = GroupHarness.stable(["a", "b"], configure: { $0.maximumGroupSize = 2 })
        group.join("c")
        #expect(group.take("c") == .join(.refused(.groupMaxSizeReached, memberID: "")))
        #expect(group.state == "Stable")
        group.join("b") { $0.protocols.append(GroupProtocol(name: "new", metadata: Bytes())) }
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `a repeated join of a stable follower is answered with the generation that stands`() {
        var group = GroupHarness.stable(["a", "b"])
        group.join("b")
        let joined = group.takeJoined("b")
        #expect(joined?.generation == 1)
        #expect(joined?.members == [])
        #expect(group.state == "Stable")
    }

    @Test func `a leader that rejoins starts a rebalance`() {
        var group = GroupHarness.stable(["a", "b"])
        group.join("a")
        #expect(group.state == "PreparingRebalance")
        #expect(group.heartbeatError("b") == .rebalanceInProgress)
        group.join("b")
        #expect(group.takeJoined("a")?.generation == 2)
        #expect(group.takeJoined("b")?.generation == 2)
    }

    @Test func `a join repeated before the assignment is answered once more`() {
        var group = GroupHarness()
        group.joinTwice("a")
        group.joinTwice("b")
        group.advance(.seconds(6))
        group.answers = [:]
        group.join("a")
        #expect(group.takeJoined("a")?.members.count == 2)
        group.join("b")
        #expect(group.takeJoined("b")?.members == [])
        #expect(group.state == "CompletingRebalance")
    }

    @Test func `other metadata before the assignment starts over`() {
        var group = GroupHarness()
        group.joinTwice("a")
        group.joinTwice("b")
        group.advance(.seconds(6))
        group.answers = [:]
        group.sync("b")
        group.join("a") { $0.protocols = [GroupProtocol(name: "range", metadata: Bytes(utf8: "other"))] }
        #expect(group.takeRefusal("b") == .rebalanceInProgress)
        #expect(group.state == "PreparingRebalance")
    }

    @Test func `a second join of a waiting member takes the place of the first`() {
        var group = GroupHarness()
        group.joinTwice("a")
        group.join("a")
        #expect(group.takeRefusal("a") == .rebalanceInProgress)
        group.advance(.seconds(3))
        #expect(group.takeJoined("a")?.generation == 1)
        #expect(group.waiting.isEmpty)
    }

    @Test func `when the record of a new group cannot be written there is no group`() {
        var group = GroupHarness()
        group.failsAppends = true
        group.join("a")
        #expect(group.state == "none")
        #expect(group.log.isEmpty)
    }

    @Test func `a group without id is refused`() {
        var group = GroupHarness()
        let request = JoinRequest(
            memberID: "",
            clientID: "c",
            clientHost: "/h",
            sessionTimeout: .seconds(10),
            rebalanceTimeout: .seconds(10),
            protocolType: "consumer",
            protocols: []
        )
        let outcome = group.shard.join(
            "",
            request,
            ticket: ReplyTicket(rawValue: 1),
            newMemberID: "m",
            at: group.moment
        )
        #expect(outcome.effects.replies == [.join(ReplyTicket(rawValue: 1), .refused(.invalidGroupID, memberID: ""))])
    }
}
