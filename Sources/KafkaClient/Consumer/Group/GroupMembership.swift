import KafkaProtocol
import NIOCore
import Records

/// A member of a classic group, as a pure machine: it says what to send and what the application has to do in its next
/// poll, and is told what came of it.
///
/// A rebalance passes through these steps; those marked * happen within poll, on the application's thread:
/// ``Work/join(_:)``* (callbacks for what is given up, subscription data), JoinGroup, on the leader ``Work/assign(_:)``*,
/// SyncGroup, ``Work/complete(_:)``* (callbacks for what is new). Heartbeats go out from the answer to JoinGroup on.
///
/// Invariant: at most one of JoinGroup and SyncGroup is awaited; while one is, no work is handed out.
struct GroupMembership {
    struct Settings {
        let groupID: GroupID
        let groupInstanceID: String?
        let sessionTimeout: TimeAmount
        let rebalanceTimeout: TimeAmount
        let heartbeatInterval: TimeAmount
        let maxPollInterval: TimeAmount
        let retryBackoff: TimeAmount
        let commitsBeforeRebalance: Bool
    }

    struct Generation: Hashable, Sendable {
        var id: Int32 = -1
        var memberID: MemberID = ""
        var protocolName: String?

        static let none = Generation()
        /// Whether the member is known, but was not in a generation.
        var isReset: Bool { id == -1 && protocolName == nil }
    }

    enum State: Equatable {
        /// No member, or not of the current generation.
        case unjoined
        /// JoinGroup awaits its answer.
        case joining
        /// This member leads, and has to assign.
        case assigning(Election)
        /// SyncGroup awaits its answer.
        case syncing
        /// The assignment is there, and has to be taken over.
        case completing(Bytes)
        case stable
    }

    /// What the leader gets to see.
    struct Election: Equatable, Sendable {
        let generation: Generation
        let members: [JoinGroupResponse.JoinGroupResponseMember]
        /// A leader that came back as a static member goes on with the assignment of before.
        let skipsAssignment: Bool
    }

    /// What a join needs from the application first.
    enum Preparation: Equatable {
        /// Positions are to be committed where settings say so, and callbacks to be called.
        case needed
        /// Positions are being committed, by this time at the latest.
        case committing(until: NIODeadline, isUnderway: Bool)
        /// Callbacks are to be called.
        case ready
        /// They were, in an attempt before.
        case done
    }

    /// To do within poll.
    enum Work: Equatable {
        /// Give up partitions where `callbacks` says so, then ``joinPrepared(_:)``.
        case join(callbacks: Bool, isLost: Bool)
        /// Assign, then ``assigned(_:_:)`` or ``workFailed(_:now:)``.
        case assign(Election)
        /// Take over the assignment, then ``completed(_:)``.
        case complete(Generation, Bytes)
    }

    /// To send.
    enum Directive: Equatable {
        case join(Generation, protocols: [JoinGroupRequest.JoinGroupRequestProtocol], reason: String)
        case sync(Generation, [SyncGroupRequest.SyncGroupRequestAssignment])
        case heartbeat(Generation)
        case leave(Generation, reason: String)
        /// Commit positions, then ``committedBeforeRebalance(_:now:)``.
        case commitPositions
        case forgetCoordinator
    }

    let settings: Settings
    private(set) var state = State.unjoined
    private(set) var generation = Generation.none
    /// Why the group has to be joined anew; nil where it has not.
    private(set) var rejoinReason: String? = ""
    private(set) var preparation = Preparation.needed
    private(set) var isLeader = false
    /// To be sent, in order; the shell takes them.
    var outbox: [Directive] = []
    /// To be thrown by the next poll.
    private(set) var failure: KafkaError?
    /// No JoinGroup before this.
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var lastPoll = NIODeadline.uptimeNanoseconds(0)
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private var nextHeartbeat = NIODeadline.uptimeNanoseconds(0)
    private var isHeartbeating = false

    init(_ settings: Settings) { self.settings = settings }

    /// Whether offsets may be committed for this generation.
    var isStable: Bool {
        switch state {
        case .stable, .completing: true
        case .unjoined, .joining, .assigning, .syncing: false
        }
    }

    var isRebalancing: Bool {
        switch state {
        case .joining, .assigning, .syncing: true
        case .unjoined, .completing, .stable: false
        }
    }

    private var beatsHeart: Bool {
        switch state {
        case .unjoined, .joining: false
        case .assigning, .syncing, .completing, .stable: true
        }
    }

    // MARK: Polling

    /// The application polls, though it cannot join yet.
    mutating func polled(now: NIODeadline) { lastPoll = now }

    /// The application polls: what it has to do, if anything. Errors: what made the group impossible to join.
    mutating func poll(now: NIODeadline) throws(KafkaError) -> Work? {
        lastPoll = now
        if let failure {
            self.failure = nil
            throw failure
        }
        switch state {
        case .joining, .syncing: return nil
        case .assigning(let election): return .assign(election)
        case .completing(let assignment): return .complete(generation, assignment)
        case .unjoined, .stable: break
        }
        guard rejoinReason != nil, now >= notBefore else { return nil }
        switch preparation {
        case .needed where settings.commitsBeforeRebalance && !isLost && state == .stable:
            startCommit(until: now + settings.rebalanceTimeout)
            return nil
        case .committing(let until, let isUnderway) where now < until:
            if !isUnderway { startCommit(until: until) }
            return nil
        case .needed, .committing, .ready:
            preparation = .ready
            return .join(callbacks: true, isLost: isLost)
        case .done:
            return .join(callbacks: false, isLost: isLost)
        }
    }

    private mutating func startCommit(until: NIODeadline) {
        preparation = .committing(until: until, isUnderway: true)
        outbox.append(.commitPositions)
    }

    /// Positions were committed, or could not be: the rebalance goes on, unless another attempt may help.
    mutating func committedBeforeRebalance(_ error: KafkaError?, now: NIODeadline) {
        guard case .committing(let until, _) = preparation else { return }
        if let error, error.isRetriable, now < until {
            notBefore = now + settings.retryBackoff
            preparation = .committing(until: until, isUnderway: false)
        } else {
            preparation = .ready
        }
    }

    /// When poll should look again, where it waits for time to pass.
    var nextAttempt: NIODeadline? {
        switch state {
        case .unjoined, .stable:
            guard rejoinReason != nil else { return nil }
            if case .committing(let until, isUnderway: true) = preparation { return until }
            return notBefore
        case .joining, .assigning, .syncing, .completing: return nil
        }
    }

    /// The generation or the member's id is gone: what was owned is lost, not revoked.
    private var isLost: Bool { generation.id == -1 || generation.memberID == "" }

    // MARK: Joining

    /// The application has given up what it had to.
    mutating func callbacksDone() { preparation = .done }

    /// The subscription's bytes for each assignor.
    mutating func joinPrepared(_ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) {
        state = .joining
        isLeader = false
        outbox.append(.join(generation, protocols: protocols, reason: rejoinReason ?? ""))
    }

    /// The answer to JoinGroup, sent with `sent`.
    mutating func joinAnswered(_ result: Result<JoinGroupResponse, KafkaError>, sent: Generation, now: NIODeadline) {
        guard state == .joining else { return }
        switch result {
        case .failure(let error):
            retryJoin(error, now: now)
        case .success(let response) where response.errorCode == .none:
            joined(response, now: now)
        case .success(let response):
            joinRefused(response, sent: sent, now: now)
        }
    }

    private mutating func joined(_ response: JoinGroupResponse, now: NIODeadline) {
        if let type = response.protocolType, type != ConsumerProtocol.type {
            fail(KafkaError(.inconsistentGroupProtocol))
            return
        }
        generation = Generation(
            id: response.generationId,
            memberID: response.memberId,
            protocolName: response.protocolName
        )
        lastHeard = now
        lastPoll = max(lastPoll, now)
        nextHeartbeat = now + settings.heartbeatInterval
        isHeartbeating = false
        if response.leader == response.memberId {
            isLeader = true
            state = .assigning(
                Election(
                    generation: generation,
                    members: response.members,
                    skipsAssignment: response.skipAssignment
                )
            )
        } else {
            sync([])
        }
    }

    private mutating func joinRefused(_ response: JoinGroupResponse, sent: Generation, now: NIODeadline) {
        let error = KafkaError(response.errorCode)
        switch response.errorCode {
        case .memberIdRequired:
            generation = Generation(memberID: response.memberId)
            rejoin("need to re-join with the given member-id: \(response.memberId)", at: now)
        case .unknownMemberId:
            if generation == sent { reset(keepsMemberID: false) }
            rejoin("rebalance failed due to UnknownMemberIdException", at: now)
        case .rebalanceInProgress:
            rejoin("rebalance failed due to RebalanceInProgressException", at: now)
        case .coordinatorLoadInProgress:
            retryJoin(error, now: now)
        case .coordinatorNotAvailable, .notCoordinator:
            outbox.append(.forgetCoordinator)
            retryJoin(error, now: now)
        case .groupMaxSizeReached:
            let message = "Consumer group \(settings.groupID) already has the configured maximum number of members."
            fail(KafkaError(response.errorCode, message))
        case .unsupportedVersion, .fencedInstanceId, .inconsistentGroupProtocol, .invalidSessionTimeout,
            .invalidGroupId,
            .groupAuthorizationFailed:
            fail(error)
        default:
            fail(KafkaError(response.errorCode, "Unexpected error in join group response: \(error.message)"))
        }
    }

    /// The leader's assignment. Ignored where the generation is another one by now.
    mutating func assigned(_ election: Election, _ assignments: [SyncGroupRequest.SyncGroupRequestAssignment]) {
        guard case .assigning(let current) = state, current == election else { return }
        sync(assignments)
    }

    private mutating func sync(_ assignments: [SyncGroupRequest.SyncGroupRequestAssignment]) {
        state = .syncing
        outbox.append(.sync(generation, assignments))
    }

    /// The answer to SyncGroup, sent with `sent`.
    mutating func syncAnswered(_ result: Result<SyncGroupResponse, KafkaError>, sent: Generation, now: NIODeadline) {
        guard state == .syncing, generation == sent else { return }
        switch result {
        case .failure(let error):
            retryJoin(error, now: now)
        case .success(let response) where response.errorCode == .none:
            let typeFits = response.protocolType.map { $0 == ConsumerProtocol.type } ?? true
            let nameFits = response.protocolName.map { $0 == generation.protocolName } ?? true
            guard typeFits, nameFits else {
                fail(KafkaError(.inconsistentGroupProtocol))
                return
            }
            rejoinReason = nil
            state = .completing(response.assignment)
        case .success(let response):
            syncRefused(response.errorCode, now: now)
        }
    }

    private mutating func syncRefused(_ code: ErrorCode, now: NIODeadline) {
        let error = KafkaError(code)
        switch code {
        case .rebalanceInProgress:
            rejoin("rebalance failed due to RebalanceInProgressException", at: now)
        case .unknownMemberId:
            reset(keepsMemberID: false)
            rejoin("rebalance failed due to UnknownMemberIdException", at: now)
        case .illegalGeneration:
            reset(keepsMemberID: true)
            rejoin("rebalance failed due to IllegalGenerationException", at: now)
        case .coordinatorNotAvailable, .notCoordinator:
            outbox.append(.forgetCoordinator)
            retryJoin(error, now: now)
        case .coordinatorLoadInProgress, .requestTimedOut:
            retryJoin(error, now: now)
        case .fencedInstanceId, .groupAuthorizationFailed:
            fail(error)
        default:
            fail(KafkaError(code, "Unexpected error from SyncGroup: \(error.message)"))
        }
    }

    /// The assignment of `generation` was taken over.
    mutating func completed(_ generation: Generation) {
        guard case .completing = state, generation == self.generation else { return }
        state = .stable
        preparation = .needed
    }

    /// The part within poll failed, or what it needs could not be had: the next poll throws `error`, where one is
    /// given, and joins again.
    mutating func workFailed(_ error: KafkaError? = nil, now: NIODeadline) {
        rejoin("rebalance failed due to an error of the application", at: now + settings.retryBackoff)
        failure = error
    }

    /// The group has to be joined anew, at the next poll.
    mutating func requestRejoin(_ reason: String) { if rejoinReason == nil { rejoinReason = reason } }

    private mutating func rejoin(_ reason: String, at time: NIODeadline) {
        state = .unjoined
        rejoinReason = reason
        notBefore = time
    }

    private mutating func retryJoin(_ error: KafkaError, now: NIODeadline) {
        guard error.isRetriable else {
            fail(error)
            return
        }
        rejoin("rebalance failed due to \(error.code.name)", at: now + settings.retryBackoff)
    }

    private mutating func fail(_ error: KafkaError) {
        state = .unjoined
        rejoinReason = "rebalance failed due to \(error.code.name)"
        failure = error
    }

    private mutating func reset(keepsMemberID: Bool) {
        state = .unjoined
        generation = keepsMemberID ? Generation(memberID: generation.memberID) : .none
        preparation = .needed
    }

    // MARK: Staying

    /// Time passes: heartbeats are put out, and silence is noticed. The time to come back, if any.
    mutating func tick(now: NIODeadline) -> NIODeadline? {
        guard beatsHeart else { return nil }
        let pollLimit = lastPoll + settings.maxPollInterval
        if now >= pollLimit {
            leave("consumer poll timeout has expired.")
            return nil
        }
        if now >= lastHeard + settings.sessionTimeout {
            lastHeard = now
            outbox.append(.forgetCoordinator)
        }
        if !isHeartbeating, now >= nextHeartbeat {
            isHeartbeating = true
            nextHeartbeat = now + settings.heartbeatInterval
            outbox.append(.heartbeat(generation))
        }
        let heartbeat = isHeartbeating ? NIODeadline.distantFuture : nextHeartbeat
        return min(pollLimit, lastHeard + settings.sessionTimeout, heartbeat)
    }

    /// The answer to Heartbeat, sent with `sent`.
    mutating func heartbeatAnswered(_ result: Result<HeartbeatResponse, KafkaError>, sent: Generation, now: NIODeadline)
    {
        isHeartbeating = false
        guard case .success(let response) = result else {
            nextHeartbeat = now + settings.retryBackoff
            return
        }
        switch response.errorCode {
        case .none:
            lastHeard = now
        case .rebalanceInProgress:
            lastHeard = now
            if isStable { requestRejoin("group is already rebalancing") }
        case .coordinatorNotAvailable, .notCoordinator:
            outbox.append(.forgetCoordinator)
            nextHeartbeat = now + settings.retryBackoff
        case .illegalGeneration, .unknownMemberId, .fencedInstanceId:
            guard generation == sent else { return }
            refused(response.errorCode, in: "HEARTBEAT")
            if response.errorCode == .fencedInstanceId { failure = KafkaError(.fencedInstanceId) }
        case .groupAuthorizationFailed:
            failure = KafkaError(.groupAuthorizationFailed)
        default:
            if response.errorCode.isRetriable {
                nextHeartbeat = now + settings.retryBackoff
            } else {
                let message = "Unexpected error in heartbeat response: \(response.errorCode.message)"
                failure = KafkaError(response.errorCode, message)
            }
        }
    }

    /// The coordinator does not know the generation that a request was sent with.
    private mutating func refused(_ code: ErrorCode, in api: String) {
        reset(keepsMemberID: code == .illegalGeneration)
        rejoinReason = "encountered \(code.name) from \(api) response"
    }

    /// What a commit's error means for the membership, and for the caller.
    mutating func commitRefused(_ code: ErrorCode, sent: Generation) -> KafkaError {
        switch code {
        case .rebalanceInProgress:
            requestRejoin("offset commit failed since group is already rebalancing")
            return .rebalanceInProgress("the consumer group is executing a rebalance at the moment")
        case .fencedInstanceId:
            if generation == sent { return KafkaError(code) }
            return state == .joining
                ? .rebalanceInProgress("the member has joined anew meanwhile") : .commitFailed(code)
        case .unknownMemberId, .illegalGeneration:
            if generation != sent, state == .joining {
                return .rebalanceInProgress("the consumer member's generation is already stale")
            }
            if generation == sent { refused(code, in: "OFFSET_COMMIT") }
            return .commitFailed(code)
        case .coordinatorNotAvailable, .notCoordinator, .requestTimedOut:
            outbox.append(.forgetCoordinator)
            return KafkaError(code)
        default:
            return KafkaError(code)
        }
    }

    /// Drops out of the group; a dynamic member tells the coordinator where `tells` says so.
    mutating func leave(_ reason: String, tells: Bool = true) {
        if tells, settings.groupInstanceID == nil, state != .unjoined, generation.memberID != "" {
            outbox.append(.leave(generation, reason: reason))
        }
        reset(keepsMemberID: false)
        rejoinReason = "consumer pro-actively leaving the group"
        isLeader = false
    }
}

/// Names of the consumer protocol.
enum ConsumerProtocol {
    /// The protocol type of groups of consumers.
    static let type = "consumer"
}

extension KafkaError {
    static func rebalanceInProgress(_ why: String) -> KafkaError {
        let hint = "You can try completing the rebalance by calling poll() and then retry the operation."
        return KafkaError(.rebalanceInProgress, "Offset commit cannot be completed since \(why). \(hint)")
    }

    /// Java's CommitFailedException.
    static func commitFailed(_ code: ErrorCode) -> KafkaError {
        let why = "the consumer is not part of an active group for auto partition assignment"
        let hint = "it is likely that the consumer was kicked out of the group."
        return KafkaError(code, "Offset commit cannot be completed since \(why); \(hint)")
    }
}
