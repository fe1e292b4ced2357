import Records
import Testing

@testable import Coordination

/// A group coordinator shard with the shell around it simulated: a clock that is moved by hand, a log that takes every
/// record (or fails on demand), and replies by the name of who asked.
struct GroupHarness {
    /// What one client knows.
    struct Client {
        var memberID = MemberID("")
        var instanceID: GroupInstanceID?
        var generation: Int32 = -1
        var protocols: [GroupProtocol] = [GroupProtocol(name: "range", metadata: Bytes(utf8: "m"))]
        var protocolType = "consumer"
        var sessionTimeout: Duration = .seconds(10)
        var rebalanceTimeout: Duration = .seconds(60)
        var requiresKnownMemberID = true
        var supportsSkippingAssignment = true
    }

    enum Answer: Hashable {
        case join(JoinReply)
        case sync(SyncReply)
    }

    var shard: GroupCoordinatorShard
    var configuration: GroupConfiguration
    let group: GroupID = "g"
    var wall = Timestamp(1_700_000_000_000)
    var uptime: Duration = .seconds(1_000)
    var log: [GroupRecord] = []
    var failsAppends = false
    var clients: [String: Client] = [:]
    /// Answers that came and were not taken, by the client's name.
    var answers: [String: [Answer]] = [:]
    var notices: [GroupNotice.Event] = []
    var transcript: [String] = []
    private var nextTicket: UInt64 = 1
    private var nextMember: [String: Int] = [:]
    private var askers: [ReplyTicket: String] = [:]

    init(_ configure: (inout GroupConfiguration) -> Void = { _ in }) {
        var configuration = GroupConfiguration()
        configure(&configuration)
        self.configuration = configuration
        shard = GroupCoordinatorShard(configuration: configuration)
        _ = shard.activate(at: moment)
    }

    var moment: Moment { Moment(wall: wall, uptime: uptime) }
    var state: String { shard.group(group)?.state.name ?? "none" }
    var generation: Int32 { shard.group(group)?.generation ?? -1 }

    // MARK: Clients

    /// Sends a join; keeps the member id and generation that come back.
    mutating func join(_ name: String, _ change: (inout Client) -> Void = { _ in }) {
        change(&clients[name, default: Client()])
        let client = clients[name] ?? Client()
        nextMember[name, default: 0] += 1
        let newID = MemberID("\(name)\(nextMember[name] ?? 0)")
        let request = JoinRequest(
            memberID: client.memberID,
            instanceID: client.instanceID,
            clientID: name,
            clientHost: "/10.0.0.1",
            sessionTimeout: client.sessionTimeout,
            rebalanceTimeout: client.rebalanceTimeout,
            protocolType: client.protocolType,
            protocols: client.protocols,
            requiresKnownMemberID: client.requiresKnownMemberID,
            supportsSkippingAssignment: client.supportsSkippingAssignment,
            reason: nil
        )
        transcript.append("\(name): join as '\(client.memberID)'")
        let ticket = ticket(for: name)
        perform(shard.join(group, request, ticket: ticket, newMemberID: newID, at: moment), asker: ticket)
    }

    /// Joins, and again with the id that it is given.
    mutating func joinTwice(_ name: String, _ change: (inout Client) -> Void = { _ in }) {
        join(name, change)
        answers[name] = nil
        join(name)
    }

    mutating func sync(
        _ name: String,
        assigning: [String: String] = [:],
        _ change: (inout SyncRequest) -> Void = { _ in }
    ) {
        let client = clients[name] ?? Client()
        var assignments: [MemberID: Bytes] = [:]
        for (other, text) in assigning { assignments[clients[other]?.memberID ?? MemberID("")] = Bytes(utf8: text) }
        var request = SyncRequest(
            memberID: client.memberID,
            instanceID: client.instanceID,
            generation: client.generation,
            assignments: assignments
        )
        change(&request)
        transcript.append("\(name): sync\(assigning.isEmpty ? "" : " as leader")")
        let ticket = ticket(for: name)
        perform(shard.sync(group, request, ticket: ticket, at: moment), asker: ticket)
    }

    mutating func heartbeat(_ name: String) throws(GroupError) {
        let client = clients[name] ?? Client()
        _ = try shard.heartbeat(
            group,
            memberID: client.memberID,
            instanceID: client.instanceID,
            generation: client.generation,
            at: moment
        )
    }

    /// Why a heartbeat is refused; nil when it is not.
    mutating func heartbeatError(_ name: String) -> GroupError? {
        do throws(GroupError) { try heartbeat(name) } catch { return error }
        return nil
    }

    /// Why a commit is refused; nil when it is not.
    mutating func commitError(_ name: String, _ topic: String, _ offset: Int64) -> GroupError? {
        do throws(GroupError) { try commit(name, topic, offset) } catch { return error }
        return nil
    }

    @discardableResult
    mutating func leave(_ leaving: [LeavingMember]) throws(GroupError) -> [GroupError?] {
        let outcome = try shard.leave(group, leaving, at: moment)
        transcript.append("leave \(leaving.map { $0.memberID.rawValue }.joined(separator: ", "))")
        perform(outcome, asker: nil)
        return outcome.answer
    }

    @discardableResult
    mutating func leave(_ name: String) throws(GroupError) -> GroupError? {
        try leave([LeavingMember(memberID: clients[name]?.memberID ?? MemberID(""))])[0]
    }

    @discardableResult
    mutating func commit(_ commit: OffsetCommit) throws(GroupError) -> [GroupError?] {
        let outcome = try shard.commitOffsets(group, commit, at: moment)
        perform(outcome, asker: nil)
        return outcome.answer
    }

    @discardableResult
    mutating func commit(_ name: String, _ topic: String, _ offset: Int64) throws(GroupError) -> [GroupError?] {
        let client = clients[name] ?? Client()
        return try commit(
            OffsetCommit(
                memberID: client.memberID,
                instanceID: client.instanceID,
                generation: client.generation,
                entries: [OffsetCommit.Entry(partition: TopicPartition(TopicName(topic), 0), offset: Offset(offset))]
            )
        )
    }

    func committed(_ topic: String) -> FetchedOffset {
        shard.fetchOffsets(group, [TopicPartition(TopicName(topic), 0)], requireStable: false)[0]
    }

    // MARK: Time

    /// Moves the clock, waking the shard at each deadline on the way.
    mutating func advance(_ duration: Duration) {
        let end = uptime + duration
        while let deadline = shard.nextDeadline, deadline <= end {
            move(to: max(deadline, uptime))
            for outcome in shard.tick(at: moment) { perform(outcome, asker: nil) }
        }
        move(to: end)
    }

    /// Lets everybody's heartbeat through, second by second.
    mutating func advanceWithHeartbeats(_ duration: Duration, of names: [String]) {
        var left = duration
        while left > .zero {
            advance(min(left, .seconds(1)))
            left -= .seconds(1)
            for name in names { try? heartbeat(name) }
        }
    }

    private mutating func move(to time: Duration) {
        wall = Timestamp(wall.rawValue + (time - uptime).wholeMilliseconds)
        uptime = time
    }

    // MARK: Shell

    mutating func perform<A>(_ outcome: GroupOutcome<A>, asker: ReplyTicket?) {
        if failsAppends, !outcome.effects.records.isEmpty {
            transcript.append("  append failed")
            shard.revert(outcome)
            if let asker { askers[asker] = nil }
            return
        }
        for record in outcome.effects.records {
            transcript.append("  record \(describe(record))")
            shard.replay(record, at: Offset(Int64(log.count)))
            log.append(record)
        }
        for notice in outcome.effects.notices { notices.append(notice.event) }
        for reply in outcome.effects.replies { deliver(reply) }
        for id in shard.listings.map(\.id) {
            #expect(shard.group(id)?.brokenInvariant == nil, "\(transcript.joined(separator: "\n"))")
        }
    }

    private mutating func deliver(_ reply: TicketReply) {
        guard let name = askers.removeValue(forKey: reply.ticket) else {
            Issue.record("a reply to nobody, or a second one: \(reply)")
            return
        }
        switch reply {
        case .join(_, let reply):
            switch reply {
            case .joined(let joined):
                clients[name]?.memberID = joined.memberID
                clients[name]?.generation = joined.generation
            case .refused(.memberIDRequired, let memberID): clients[name]?.memberID = memberID
            case .refused: break
            }
            answers[name, default: []].append(.join(reply))
            transcript.append("  \(name) < \(describe(reply))")
        case .sync(_, let reply):
            answers[name, default: []].append(.sync(reply))
            transcript.append("  \(name) < \(describe(reply))")
        }
    }

    private mutating func ticket(for name: String) -> ReplyTicket {
        defer { nextTicket += 1 }
        let ticket = ReplyTicket(rawValue: nextTicket)
        askers[ticket] = name
        return ticket
    }

    /// Requests without an answer so far.
    var waiting: [String] { askers.values.sorted() }

    /// Takes the one answer that came to `name`.
    mutating func take(_ name: String) -> Answer? {
        guard let answer = answers[name]?.first else { return nil }
        answers[name]?.removeFirst()
        return answer
    }

    mutating func takeJoined(_ name: String) -> JoinReply.Joined? {
        guard case .join(.joined(let joined)) = take(name) else { return nil }
        return joined
    }

    mutating func takeRefusal(_ name: String) -> GroupError? {
        switch take(name) {
        case .join(.refused(let error, _)), .sync(.refused(let error)): error
        case .join(.joined), .sync(.assigned), nil: nil
        }
    }

    mutating func takeAssignment(_ name: String) -> String? {
        guard case .sync(.assigned(_, _, let assignment)) = take(name) else { return nil }
        return assignment.utf8
    }

    /// A shard that has replayed the log so far.
    func reloaded() -> GroupCoordinatorShard {
        var shard = GroupCoordinatorShard(configuration: configuration)
        for (offset, record) in log.enumerated() { shard.replay(record, at: Offset(Int64(offset))) }
        return shard
    }

    /// The coordinator restarts: what was parked is lost.
    mutating func restart() {
        shard = reloaded()
        askers = [:]
        perform(shard.activate(at: moment), asker: nil)
    }

    private func describe(_ record: GroupRecord) -> String {
        switch record {
        case .consumerGroup(_, let record): "\(record)"
        case .offsetCommit(_, let partition, let committed):
            "\(partition)=\(committed.map { $0.offset.description } ?? "tombstone")"
        case .groupMetadata(_, nil): "tombstone"
        case .groupMetadata(_, let metadata?):
            "generation \(metadata.generation): "
                + (metadata.members.isEmpty ? "no members" : describe(metadata.members))
        }
    }

    private func describe(_ members: [GroupMetadata.Member]) -> String {
        members.map { "\($0.memberID)=\($0.assignment.utf8 ?? "?")" }.joined(separator: " ")
    }

    private func describe(_ reply: JoinReply) -> String {
        switch reply {
        case .refused(let error, let memberID): "\(error) '\(memberID)'"
        case .joined(let joined):
            "\(joined.memberID) in generation \(joined.generation) of \(joined.protocolName ?? "-")"
                + " led by \(joined.leader)"
                + (joined.members.isEmpty
                    ? "" : " with \(joined.members.map(\.memberID.rawValue).joined(separator: " "))")
                + (joined.skipAssignment ? ", skip assignment" : "")
        }
    }

    private func describe(_ reply: SyncReply) -> String {
        switch reply {
        case .refused(let error): "\(error)"
        case .assigned(_, _, let assignment): "assigned '\(assignment.utf8 ?? "?")'"
        }
    }
}

extension GroupHarness {
    /// A stable group of these members, the first of which leads; everything heard so far is forgotten.
    static func stable(
        _ names: [String],
        _ change: (String, inout Client) -> Void = { _, _ in },
        configure: (inout GroupConfiguration) -> Void = { _ in }
    ) -> GroupHarness {
        var harness = GroupHarness(configure)
        for name in names {
            harness.join(name) { client in change(name, &client) }
            if harness.clients[name]?.instanceID == nil, harness.clients[name]?.requiresKnownMemberID == true {
                harness.join(name)
            }
        }
        harness.advance(.seconds(10))
        for name in names.dropFirst() { harness.sync(name) }
        harness.sync(names[0], assigning: Dictionary(uniqueKeysWithValues: names.map { ($0, "for \($0)") }))
        harness.answers = [:]
        harness.transcript = []
        harness.notices = []
        return harness
    }
}
