import Records
import Testing

@testable import Streams

@Suite struct TaskAssignorTests {
    private typealias Member = TaskAssignor.Member

    private func tasks(_ count: Int, subTopology: Int = 0) -> Set<TaskID> {
        Set((0..<count).map { TaskID(subTopology: subTopology, partition: PartitionIndex(Int32($0))) })
    }

    private func process(_ number: UInt64) -> KafkaUUID { KafkaUUID(high: 0, low: number) }

    @Test func `tasks of one sub-topology spread over threads`() {
        let members = [Member(id: "a", processID: process(1)), Member(id: "b", processID: process(2))]
        let assigned = TaskAssignor.assign(tasks(2).union(tasks(2, subTopology: 1)), to: members)
        #expect(assigned["a"]?.map(\.description) == ["0_0", "1_0"])
        #expect(assigned["b"]?.map(\.description) == ["0_1", "1_1"])
    }

    @Test func `tasks stay where they are`() {
        var a = Member(id: "a", processID: process(1))
        var b = Member(id: "b", processID: process(2))
        a.activeTasks = [TaskID(subTopology: 0, partition: 1), TaskID(subTopology: 0, partition: 2)]
        b.activeTasks = [TaskID(subTopology: 0, partition: 0), TaskID(subTopology: 0, partition: 3)]
        let assigned = TaskAssignor.assign(tasks(4), to: [a, b])
        #expect(assigned["a"].map(Set.init) == a.activeTasks)
        #expect(assigned["b"].map(Set.init) == b.activeTasks)
    }

    @Test func `a new thread gets its share and no more moves`() {
        var a = Member(id: "a", processID: process(1))
        var b = Member(id: "b", processID: process(2))
        a.activeTasks = Set(tasks(6).filter { $0.partition.rawValue < 3 })
        b.activeTasks = Set(tasks(6).filter { $0.partition.rawValue >= 3 })
        let assigned = TaskAssignor.assign(tasks(6), to: [a, b, Member(id: "c", processID: process(3))])
        #expect(assigned["c"]?.count == 2)
        #expect(assigned["a"].map(Set.init)?.isSubset(of: a.activeTasks) == true)
        #expect(assigned["b"].map(Set.init)?.isSubset(of: b.activeTasks) == true)
    }

    @Test func `state on disk draws a task back`() {
        let task = TaskID(subTopology: 0, partition: 1)
        var b = Member(id: "b", processID: process(2))
        b.offsetSums = [task: 500]
        let assigned = TaskAssignor.assign(
            tasks(2),
            stateful: tasks(2),
            to: [Member(id: "a", processID: process(1)), b]
        )
        #expect(assigned["b"] == [task])
    }

    @Test func `every task goes to one thread, numbers differ by one at most, and a second round moves nothing`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix(state: seed)
        for _ in 0..<200 {
            let all = tasks(Int.random(in: 0...20, using: &generator))
                .union(tasks(Int.random(in: 0...20, using: &generator), subTopology: 1))
            var members = (0..<Int.random(in: 1...6, using: &generator)).map {
                Member(id: MemberID("m\($0)"), processID: process(UInt64($0 / 2)))
            }
            for task in all where Bool.random(using: &generator) {
                members[Int.random(in: members.indices, using: &generator)].activeTasks.insert(task)
            }
            let assigned = TaskAssignor.assign(all, stateful: all, to: members)
            let given = assigned.values.joined()
            #expect(given.count == all.count && Set(given) == all, "seed \(seed)")
            let loads = members.map { assigned[$0.id]?.count ?? 0 }
            #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1, "seed \(seed)")
            for index in members.indices { members[index].activeTasks = Set(assigned[members[index].id] ?? []) }
            #expect(TaskAssignor.assign(all, stateful: all, to: members) == assigned, "seed \(seed)")
        }
    }
}

/// A small generator with a printed seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
