import Records
import Testing

@testable import Coordination

/// Long stories, told as the lines that each step adds: `who: request`, what is recorded, and who is answered what.
@Suite struct GroupTranscriptTests {
    @Test func `two members of an eager group take turns`() throws {
        var group = GroupHarness()
        group.join("a")
        group.join("a")
        group.advance(.seconds(3))
        group.sync("a", assigning: ["a": "0 1"])
        group.join("b")
        group.join("b")
        group.join("a")
        group.sync("b")
        group.sync("a", assigning: ["a": "0", "b": "1"])
        try group.leave("b")
        group.join("a")
        group.sync("a", assigning: ["a": "0 1"])
        expect(
            group,
            """
            a: join as ''
              record generation 0: no members
              a < memberIDRequired 'a1'
            a: join as 'a1'
              a < a1 in generation 1 of range led by a1 with a1
            a: sync as leader
              record generation 1: a1=0 1
              a < assigned '0 1'
            b: join as ''
              b < memberIDRequired 'b1'
            b: join as 'b1'
            a: join as 'a1'
              a < a1 in generation 2 of range led by a1 with a1 b1
              b < b1 in generation 2 of range led by a1
            b: sync
            a: sync as leader
              record generation 2: a1=0 b1=1
              a < assigned '0'
              b < assigned '1'
            leave b1
            a: join as 'a1'
              a < a1 in generation 3 of range led by a1 with a1
            a: sync as leader
              record generation 3: a1=0 1
              a < assigned '0 1'
            """
        )
    }

    @Test func `a cooperative group keeps working while it moves a partition`() throws {
        var group = GroupHarness()
        let before = GroupProtocol(name: "cooperative-sticky", metadata: Bytes(utf8: "owns 0 1"))
        let after = GroupProtocol(name: "cooperative-sticky", metadata: Bytes(utf8: "owns 0"))
        group.joinTwice("a") { $0.protocols = [before] }
        group.advance(.seconds(3))
        group.sync("a", assigning: ["a": "0 1"])
        group.joinTwice("b") { $0.protocols = [GroupProtocol(name: "cooperative-sticky", metadata: Bytes())] }
        try group.commit("a", "t", 10)
        group.join("a")
        group.sync("a", assigning: ["a": "0", "b": ""])
        group.sync("b")
        group.join("a") { $0.protocols = [after] }
        group.join("b")
        group.sync("b")
        group.sync("a", assigning: ["a": "0", "b": "1"])
        expect(
            group,
            """
            a: join as ''
              record generation 0: no members
              a < memberIDRequired 'a1'
            a: join as 'a1'
              a < a1 in generation 1 of cooperative-sticky led by a1 with a1
            a: sync as leader
              record generation 1: a1=0 1
              a < assigned '0 1'
            b: join as ''
              b < memberIDRequired 'b1'
            b: join as 'b1'
              record t-0=10
            a: join as 'a1'
              a < a1 in generation 2 of cooperative-sticky led by a1 with a1 b1
              b < b1 in generation 2 of cooperative-sticky led by a1
            a: sync as leader
              record generation 2: a1=0 b1=
              a < assigned '0'
            b: sync
              b < assigned ''
            a: join as 'a1'
            b: join as 'b1'
              a < a1 in generation 3 of cooperative-sticky led by a1 with a1 b1
              b < b1 in generation 3 of cooperative-sticky led by a1
            b: sync
            a: sync as leader
              record generation 3: a1=0 b1=1
              a < assigned '0'
              b < assigned '1'
            """
        )
    }

    @Test func `a static member restarts within its session`() {
        var group = GroupHarness.stable(["a", "b"]) { name, client in client.instanceID = GroupInstanceID("i-\(name)") }
        group.join("b") { $0.memberID = "" }
        group.sync("b")
        group.join("a") { $0.memberID = "" }
        group.sync("a")
        group.advance(.seconds(10))
        expect(
            group,
            """
            b: join as ''
              record generation 1: a1=for a b2=for b
              b < b2 in generation 1 of range led by a1
            b: sync
              b < assigned 'for b'
            a: join as ''
              record generation 1: a2=for a b2=for b
              a < a2 in generation 1 of range led by a2 with a2 b2, skip assignment
            a: sync
              a < assigned 'for a'
              record generation 2: no members
            """
        )
    }

    @Test func `the leader leaves`() throws {
        var group = GroupHarness.stable(["a", "b", "c"])
        try group.leave("a")
        group.join("c")
        group.join("b")
        group.sync("c")
        group.sync("b", assigning: ["b": "0", "c": "1"])
        expect(
            group,
            """
            leave a1
            c: join as 'c1'
            b: join as 'b1'
              b < b1 in generation 2 of range led by b1 with b1 c1
              c < c1 in generation 2 of range led by b1
            c: sync
            b: sync as leader
              record generation 2: b1=0 c1=1
              b < assigned '0'
              c < assigned '1'
            """
        )
    }

    @Test func `a session expires`() {
        var group = GroupHarness.stable(["a", "b"])
        group.advanceWithHeartbeats(.seconds(10), of: ["a"])
        group.join("a")
        group.sync("a", assigning: ["a": "0 1"])
        group.join("b")
        expect(
            group,
            """
            a: join as 'a1'
              a < a1 in generation 2 of range led by a1 with a1
            a: sync as leader
              record generation 2: a1=0 1
              a < assigned '0 1'
            b: join as 'b1'
              b < unknownMemberID 'b1'
            """
        )
    }

    @Test func `the rebalance timeout passes`() {
        var group = GroupHarness.stable(["a", "b"])
        group.joinTwice("c")
        group.join("a")
        group.advanceWithHeartbeats(.seconds(60), of: ["b"])
        group.join("b")
        expect(
            group,
            """
            c: join as ''
              c < memberIDRequired 'c1'
            c: join as 'c1'
            a: join as 'a1'
              a < a1 in generation 2 of range led by a1 with a1 c1
              c < c1 in generation 2 of range led by a1
            b: join as 'b1'
              b < unknownMemberID 'b1'
            """
        )
    }

    @Test func `a pending member never comes`() {
        var group = GroupHarness.stable(["a"])
        group.join("b")
        group.join("a")
        group.advance(.seconds(10))
        group.sync("a", assigning: ["a": "0"])
        expect(
            group,
            """
            b: join as ''
              b < memberIDRequired 'b1'
            a: join as 'a1'
              a < a1 in generation 2 of range led by a1 with a1
            a: sync as leader
              record generation 2: a1=0
              a < assigned '0'
            """
        )
    }

    private func expect(_ group: GroupHarness, _ story: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let told = group.transcript.joined(separator: "\n")
        #expect(told == story, "\(told)", sourceLocation: sourceLocation)
    }
}
