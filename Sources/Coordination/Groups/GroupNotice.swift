import Records

/// Something that an operator may want to read in the log about a group.
public struct GroupNotice: Sendable, Hashable, CustomStringConvertible {
    /// What happened.
    public enum Event: Sendable, Hashable {
        case memberIDGiven(MemberID)
        case memberJoined(MemberID, GroupInstanceID?)
        case staticMemberReplaced(GroupInstanceID, old: MemberID, new: MemberID)
        case memberFenced(MemberID, GroupInstanceID, current: MemberID)
        case memberLeft(MemberID, reason: String?)
        case memberSessionExpired(MemberID)
        case pendingMemberExpired(MemberID)
        case memberDidNotRejoin(MemberID)
        case memberDidNotSync(MemberID)
        case memberDidNotRevoke(MemberID)
        case rebalanceStarted(generation: Int32, reason: String)
        case rebalanceStuck
        case leaderReplaced(old: MemberID, new: MemberID)
        case generationFormed(Int32, members: Int)
        case assigned(generation: Int32, leader: MemberID, members: Int)
        case becameEmpty(generation: Int32)
        case loaded(members: Int)
        case deleted
        case offsetsExpired(Int)
    }

    /// The group that it happened to.
    public let group: GroupID
    /// What happened.
    public let event: Event

    /// Something that happened to `group`.
    public init(group: GroupID, event: Event) {
        self.group = group
        self.event = event
    }

    public var description: String { "group \(group): \(text)" }

    private var text: String {
        switch event {
        case .memberIDGiven(let id): "a new member was given the id \(id) and asked to join with it"
        case .memberJoined(let id, let instance?): "static member \(instance) joined as \(id)"
        case .memberJoined(let id, nil): "member \(id) joined"
        case .staticMemberReplaced(let instance, let old, let new):
            "static member \(instance) came back: \(new), was \(old)"
        case .memberFenced(let id, let instance, let current):
            "\(id) is fenced: static member \(instance) is \(current)"
        case .memberLeft(let id, let reason): "member \(id) left (reason: \(reason ?? "not provided"))"
        case .memberSessionExpired(let id): "member \(id) was not heard of within its session timeout and was removed"
        case .pendingMemberExpired(let id): "\(id) did not join within its session timeout"
        case .memberDidNotRejoin(let id): "member \(id) did not rejoin within the rebalance timeout and was removed"
        case .memberDidNotSync(let id): "member \(id) did not sync within the rebalance timeout and was removed"
        case .memberDidNotRevoke(let id):
            "member \(id) did not give up its partitions within the rebalance timeout and was removed"
        case .rebalanceStarted(let generation, let reason): "rebalance begins after generation \(generation): \(reason)"
        case .rebalanceStuck: "no member rejoined within the rebalance timeout; waiting on"
        case .leaderReplaced(let old, let new): "leader \(old) did not rejoin; \(new) leads"
        case .generationFormed(let generation, let members): "generation \(generation) has \(members) members"
        case .assigned(let generation, let leader, let members):
            "generation \(generation) is stable: \(leader) assigned \(members) members"
        case .becameEmpty(let generation): "empty since generation \(generation)"
        case .loaded(let members): "loaded with \(members) members"
        case .deleted: "deleted"
        case .offsetsExpired(let count): "\(count) offsets expired"
        }
    }
}
