import KafkaProtocol
import NIOCore
import Records
import Testing

@testable import KafkaClient

/// The membership as a machine: no broker, and time is a number.
struct GroupMembershipTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func machine(commits: Bool = false, instance: String? = nil) -> GroupMembership {
        GroupMembership(
            GroupMembership.Settings(
                groupID: "g",
                groupInstanceID: instance,
                sessionTimeout: .seconds(45),
                rebalanceTimeout: .seconds(300),
                heartbeatInterval: .seconds(3),
                maxPollInterval: .seconds(300),
                retryBackoff: .milliseconds(100),
                commitsBeforeRebalance: commits
            )
        )
    }

    private func joinResponse(_ code: ErrorCode = .none, generation: Int32 = 1, member: MemberID = "m")
        -> JoinGroupResponse
    {
        JoinGroupResponse(
            errorCode: code,
            generationId: generation,
            protocolType: "consumer",
            protocolName: "range",
            leader: "other",
            memberId: member
        )
    }

    /// A follower of generation 1.
    private func stable(commits: Bool = false, instance: String? = nil) throws -> GroupMembership {
        var machine = machine(commits: commits, instance: instance)
        _ = try machine.poll(now: start)
        machine.callbacksDone()
        machine.joinPrepared([])
        machine.joinAnswered(.success(joinResponse()), sent: .none, now: start)
        machine.syncAnswered(.success(SyncGroupResponse()), sent: machine.generation, now: start)
        machine.completed(machine.generation)
        machine.outbox = []
        return machine
    }

    @Test func `a member without an id joins again with the one it is given`() throws {
        var machine = machine()
        #expect(try machine.poll(now: start) == .join(callbacks: true, isLost: true))
        machine.callbacksDone()
        machine.joinPrepared([])
        #expect(machine.outbox == [.join(.none, protocols: [], reason: "")])
        machine.joinAnswered(.success(joinResponse(.memberIdRequired, generation: -1)), sent: .none, now: start)
        #expect(machine.generation.memberID == "m")
        #expect(try machine.poll(now: start) == .join(callbacks: false, isLost: true))
    }

    @Test func `no work is handed out while an answer is awaited`() throws {
        var machine = machine()
        _ = try machine.poll(now: start)
        machine.joinPrepared([])
        #expect(try machine.poll(now: start) == nil)
        machine.joinAnswered(.success(joinResponse()), sent: .none, now: start)
        #expect(machine.state == .syncing)
        #expect(try machine.poll(now: start) == nil)
    }

    @Test func `heartbeats go out in time and a rebalance is noticed`() throws {
        var machine = try stable()
        let due = start + .seconds(3)
        let next = machine.tick(now: start)
        #expect(next == due)
        _ = machine.tick(now: due)
        #expect(machine.outbox == [.heartbeat(machine.generation)])
        let response = HeartbeatResponse(errorCode: .rebalanceInProgress)
        machine.heartbeatAnswered(.success(response), sent: machine.generation, now: due)
        #expect(machine.rejoinReason == "group is already rebalancing")
        #expect(try machine.poll(now: due) == .join(callbacks: true, isLost: false))
    }

    @Test(arguments: [(ErrorCode.illegalGeneration, MemberID("m")), (.unknownMemberId, "")])
    func `a refused heartbeat loses what was owned`(code: ErrorCode, member: MemberID) throws {
        var machine = try stable()
        machine.heartbeatAnswered(.success(HeartbeatResponse(errorCode: code)), sent: machine.generation, now: start)
        #expect(machine.generation.memberID == member)
        #expect(try machine.poll(now: start) == .join(callbacks: true, isLost: true))
    }

    @Test func `a refusal of an older generation changes nothing`() throws {
        var machine = try stable()
        let old = GroupMembership.Generation(id: 0, memberID: "m", protocolName: "range")
        let response = HeartbeatResponse(errorCode: .illegalGeneration)
        machine.heartbeatAnswered(.success(response), sent: old, now: start)
        #expect(machine.state == .stable)
        #expect(machine.rejoinReason == nil)
    }

    @Test func `who does not poll leaves, unless it is a static member`() throws {
        var machine = try stable()
        let generation = machine.generation
        let next = machine.tick(now: start + .seconds(300))
        #expect(next == nil)
        #expect(machine.outbox == [.leave(generation, reason: "consumer poll timeout has expired.")])
        #expect(machine.state == .unjoined)
        var fixed = try stable(instance: "i")
        _ = fixed.tick(now: start + .seconds(300))
        #expect(fixed.outbox.isEmpty)
        #expect(fixed.state == .unjoined)
    }

    @Test func `a silent coordinator is looked up again`() throws {
        var machine = try stable()
        _ = try machine.poll(now: start + .seconds(44))
        _ = machine.tick(now: start + .seconds(45))
        #expect(machine.outbox.contains(.forgetCoordinator))
        #expect(machine.state == .stable)
    }

    @Test func `positions are committed before partitions are given up`() throws {
        var machine = try stable(commits: true)
        machine.requestRejoin("why")
        #expect(try machine.poll(now: start) == nil)
        #expect(machine.outbox == [.commitPositions])
        machine.committedBeforeRebalance(KafkaError(.coordinatorLoadInProgress), now: start)
        #expect(try machine.poll(now: start) == nil)
        #expect(try machine.poll(now: start + .milliseconds(100)) == nil)
        #expect(machine.outbox == [.commitPositions, .commitPositions])
        machine.committedBeforeRebalance(nil, now: start)
        #expect(try machine.poll(now: start + .milliseconds(100)) == .join(callbacks: true, isLost: false))
    }

    @Test func `a retriable error waits, a fatal one is thrown by the next poll`() throws {
        var machine = machine()
        _ = try machine.poll(now: start)
        machine.callbacksDone()
        machine.joinPrepared([])
        machine.joinAnswered(.success(joinResponse(.notCoordinator)), sent: .none, now: start)
        #expect(machine.outbox.last == .forgetCoordinator)
        #expect(try machine.poll(now: start) == nil)
        #expect(machine.nextAttempt == start + .milliseconds(100))
        #expect(try machine.poll(now: start + .milliseconds(100)) != nil)
        machine.joinPrepared([])
        machine.joinAnswered(.success(joinResponse(.inconsistentGroupProtocol)), sent: .none, now: start)
        #expect(throws: KafkaError.self) { try machine.poll(now: start + .seconds(1)) }
        #expect(try machine.poll(now: start + .seconds(1)) != nil)
    }

    @Test func `a commit of a lost generation says so and joins again`() throws {
        var machine = try stable()
        let rebalanceInProgress = machine.commitRefused(.rebalanceInProgress, sent: machine.generation)
        #expect(rebalanceInProgress.code == .rebalanceInProgress)
        #expect(machine.state == .stable)
        let unknownMemberId = machine.commitRefused(.unknownMemberId, sent: machine.generation)
        #expect(unknownMemberId.code == .unknownMemberId)
        #expect(machine.generation == .none)
        #expect(machine.rejoinReason != nil)
    }
}
