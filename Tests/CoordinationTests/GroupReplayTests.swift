import Records
import Testing

@testable import Coordination

@Suite struct GroupReplayTests {
    /// SplitMix64: the same numbers from the same seed, everywhere.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    @Test(arguments: 0..<60)
    func `what is replayed is what was lived, after every record of any run`(run: UInt64) throws {
        let seed = run &* 0x2545_f491_4f6c_dd1d &+ 7
        var random = SeededGenerator(state: seed)
        var group = GroupHarness { $0.maximumGroupSize = 4 }
        for step in 0..<150 {
            let before = group.shard.group("g")
            group.failsAppends = Int.random(in: 0..<12, using: &random) == 0
            let (wrote, told) = (group.log.count, group.transcript.count)
            play(&group, &random)
            let context = "seed \(seed), step \(step)\n\(group.transcript.suffix(30).joined(separator: "\n"))"
            if group.transcript.dropFirst(told).contains("  append failed") {
                #expect(group.shard.group("g") == before, "\(context)")
            }
            group.failsAppends = false
            if group.log.count > wrote { expectSameAfterReload(group, context) }
            if Int.random(in: 0..<40, using: &random) == 0 { group.restart() }
        }
    }

    private func play(_ group: inout GroupHarness, _ random: inout SeededGenerator) {
        let names = ["a", "b", "c", "d", "e"]
        let name = names.randomElement(using: &random) ?? "a"
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3:
            let isStatic = name == "d" || name == "e"
            let restarts = Int.random(in: 0..<4, using: &random) == 0
            let other = Int.random(in: 0..<5, using: &random) == 0
            group.join(name) { client in
                client.instanceID = isStatic ? GroupInstanceID("i-\(name)") : nil
                if restarts { client.memberID = "" }
                if other { client.protocols = [GroupProtocol(name: "range", metadata: Bytes(utf8: "n"))] }
            }
        case 4...6:
            let leader = group.shard.group("g")?.leader
            let isLeader = leader == group.clients[name]?.memberID
            let assigned = names.filter { group.clients[$0] != nil && group.clients[$0]?.memberID != "" }
            let assigning = Dictionary(
                assigned.map { ($0, "\(group.generation) for \($0)") },
                uniquingKeysWith: { a, _ in a }
            )
            group.sync(name, assigning: isLeader ? assigning : [:])
        case 7:
            _ = group.heartbeatError(name)
        case 8:
            // A commit that is not written extends the session all the same.
            let fails = group.failsAppends
            group.failsAppends = false
            _ = group.commitError(
                name,
                ["t", "u"].randomElement(using: &random) ?? "t",
                Int64.random(in: 0..<100, using: &random)
            )
            group.failsAppends = fails
        case 9:
            do throws(GroupError) { try group.leave(name) } catch { group.transcript.append("  leave: \(error)") }
        default:
            // Nobody waits for what a tick writes, so that the harness need not revert it.
            let fails = group.failsAppends
            group.failsAppends = false
            group.advance(.milliseconds(Int64.random(in: 1..<20_000, using: &random)))
            group.failsAppends = fails
        }
    }

    private func expectSameAfterReload(_ group: GroupHarness, _ context: String) {
        let reloaded = group.reloaded()
        #expect(reloaded.offsets == group.shard.offsets, "\(context)")
        #expect(Set(reloaded.groups.keys) == Set(group.shard.groups.keys), "\(context)")
        guard let live = group.shard.group("g"), let stored = reloaded.group("g") else { return }
        #expect(stored.brokenInvariant == nil || stored.nextDeadline == nil, "\(context)")
        switch live.state {
        case .stable:
            // What the followers of a later state need is not written before they are stable again.
            var expected = live.metadata
            expected.stateSince = stored.metadata.stateSince
            #expect(stored.metadata == expected, "\(context)")
            #expect(stored.staticMembers == live.staticMembers, "\(context)")
        case .empty where live.generation > 0:
            #expect(stored.metadata == live.metadata, "\(context)")
        case .empty, .preparingRebalance, .completingRebalance, .dead:
            #expect(stored.generation <= live.generation, "\(context)")
        }
    }

    @Test func `replaying a log twice changes nothing`() throws {
        var group = GroupHarness.stable(["a", "b"])
        try group.commit("a", "t", 5)
        var shard = group.reloaded()
        let once = shard.group("g")
        for (offset, record) in group.log.enumerated() { shard.replay(record, at: Offset(Int64(offset))) }
        #expect(shard.group("g") == once)
        #expect(shard.offsets == group.shard.offsets)
    }

    @Test func `a record that contradicts itself yields a group that holds its invariants`() {
        let member = GroupMetadata.Member(
            memberID: "m",
            instanceID: "i",
            clientID: "c",
            clientHost: "/h",
            rebalanceTimeout: .seconds(1),
            sessionTimeout: .seconds(1),
            subscription: Bytes(),
            assignment: Bytes(utf8: "1")
        )
        var twin = member
        twin.memberID = "n"
        var again = twin
        again.assignment = Bytes(utf8: "3")
        let metadata = GroupMetadata(
            protocolType: "consumer",
            generation: -5,
            protocolName: nil,
            leader: "stranger",
            stateSince: nil,
            members: [member, twin, again]
        )
        let group = ClassicGroup(id: "g", metadata: metadata)
        #expect(group.brokenInvariant == nil)
        #expect(group.members.keys.sorted() == ["n"])
        #expect(group.members["n"]?.assignment == Bytes(utf8: "3"))
        #expect(group.leader == "n")
    }
}
