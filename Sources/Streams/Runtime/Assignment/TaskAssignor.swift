import Records

/// Shares tasks out to the threads of an application: sticky, then balanced.
///
/// A pure function. A task stays with the thread that has it, as long as no thread gets more than its share; what is left
/// goes to a process that has the most of the task's state on disk, else to the thread with the least to do, so that the
/// tasks of a sub-topology spread.
package struct TaskAssignor: Sendable {
    /// A stream thread: one member of the group.
    package struct Member: Hashable, Sendable {
        package let id: MemberID
        package let processID: KafkaUUID
        /// Tasks that it runs, as it says itself.
        package var activeTasks: Set<TaskID> = []
        /// How far the state of tasks has come that its process has on disk: the sum of changelog offsets.
        package var offsetSums: [TaskID: Int64] = [:]

        package init(
            id: MemberID,
            processID: KafkaUUID,
            activeTasks: Set<TaskID> = [],
            offsetSums: [TaskID: Int64] = [:]
        ) {
            self.id = id
            self.processID = processID
            self.activeTasks = activeTasks
            self.offsetSums = offsetSums
        }
    }

    private let members: [Member]
    private var assigned: [MemberID: [TaskID]] = [:]
    private let share: Int
    private var extras: Int

    private init(_ tasks: Set<TaskID>, _ members: [Member]) {
        self.members = members.sorted { ($0.processID, $0.id) < ($1.processID, $1.id) }
        for member in members { assigned[member.id] = [] }
        share = tasks.count / max(members.count, 1)
        extras = tasks.count % max(members.count, 1)
    }

    /// The tasks of each member, in order. The numbers that members get differ by one at most.
    package static func assign(
        _ tasks: Set<TaskID>,
        stateful: Set<TaskID> = [],
        to members: [Member]
    ) -> [MemberID: [TaskID]] {
        guard !members.isEmpty else { return [:] }
        var assignor = TaskAssignor(tasks, members)
        var open = assignor.keep(tasks.sorted())
        // Tasks with state choose first: it matters where they go.
        open.sort { (stateful.contains($0) ? 0 : 1, $0) < (stateful.contains($1) ? 0 : 1, $1) }
        for task in open { assignor.place(task, isStateful: stateful.contains(task)) }
        return assignor.assigned.mapValues { $0.sorted() }
    }

    /// Leaves tasks where they are, up to the share of each; returns the others.
    private mutating func keep(_ tasks: [TaskID]) -> [TaskID] {
        var open: [TaskID] = []
        for task in tasks {
            guard let owner = members.first(where: { $0.activeTasks.contains(task) && load($0) < share }) else {
                open.append(task)
                continue
            }
            give(task, to: owner)
        }
        return open.filter { task in
            guard let owner = members.first(where: { $0.activeTasks.contains(task) && hasRoom($0) }) else {
                return true
            }
            give(task, to: owner)
            return false
        }
    }

    private mutating func place(_ task: TaskID, isStateful: Bool) {
        let candidates = members.filter(hasRoom)
        let most = isStateful ? candidates.map { offsetSum(of: task, at: $0) }.max() ?? 0 : 0
        let nearest = candidates.filter { !isStateful || offsetSum(of: task, at: $0) == most }
        let choice = nearest.min { (load($0), siblings(of: task, at: $0)) < (load($1), siblings(of: task, at: $1)) }
        if let choice { give(task, to: choice) }
    }

    private mutating func give(_ task: TaskID, to member: Member) {
        if load(member) == share { extras -= 1 }
        assigned[member.id, default: []].append(task)
    }

    private func load(_ member: Member) -> Int { assigned[member.id]?.count ?? 0 }

    private func hasRoom(_ member: Member) -> Bool {
        load(member) < share || (load(member) == share && extras > 0)
    }

    /// What the member's whole process has of the task's state; the state folder belongs to all of its threads.
    private func offsetSum(of task: TaskID, at member: Member) -> Int64 {
        members.filter { $0.processID == member.processID }.map { other in
            other.activeTasks.contains(task) ? Int64.max : other.offsetSums[task] ?? 0
        }.max() ?? 0
    }

    private func siblings(of task: TaskID, at member: Member) -> Int {
        assigned[member.id]?.count { $0.subTopology == task.subTopology } ?? 0
    }
}
