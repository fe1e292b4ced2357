import KafkaProtocol
import Records

/// The sessions that a broker keeps, up to a number of them. A pure value. See KIP-227.
///
/// When all places are taken, a new session takes that of one that nobody has used for ``evictionMs``, or of one that is
/// worth less: a consumer's gives way to a follower's, and one with fewer partitions to one with more, once it is older
/// than ``evictionMs``. Where there is none, the client gets no session and goes on with full fetches.
struct FetchSessionCache: Sendable {
    /// How many sessions are kept (`max.incremental.fetch.session.cache.slots`).
    let capacity: Int
    /// For how long a session is safe, in milliseconds.
    let evictionMs: Int64
    private(set) var sessions: [Int32: FetchSession] = [:]

    init(capacity: Int, evictionMs: Int64 = 120_000) {
        self.capacity = capacity
        self.evictionMs = evictionMs
    }

    /// What a request is, by its session's id and epoch, and the partitions to read for it.
    mutating func begin(
        _ request: FetchRequest,
        version: Int16,
        at now: Timestamp
    ) -> (kind: FetchSessionKind, targets: [FetchTarget]) {
        let (id, epoch) = (request.sessionId, request.sessionEpoch)
        guard epoch > 0 else {
            // 0 asks for a new session, -1 for none; either ends the one that is named.
            if id != 0 { sessions[id] = nil }
            return (epoch == 0 ? .full : .sessionless, request.targets)
        }
        guard var session = sessions.removeValue(forKey: id) else { return (.refused(.fetchSessionIdNotFound), []) }
        guard session.epoch == epoch else {
            sessions[id] = session
            return (.refused(.invalidFetchSessionEpoch), [])
        }
        guard session.usesTopicIDs == (version >= 13) else {
            sessions[id] = session
            return (.refused(.fetchSessionTopicIdError), [])
        }
        session.update(request.targets, forgetting: request.forgotten, at: now)
        guard session.count > 0 else { return (.sessionless, []) }
        let targets = session.targets
        let kind = FetchSessionKind.incremental(id: id, nextEpoch: session.epoch)
        sessions[id] = session
        return (kind, targets)
    }

    /// What is answered of what was read, and under which session.
    mutating func finish(
        _ kind: FetchSessionKind,
        targets: [FetchTarget],
        answers: [FetchAnswer],
        version: Int16,
        isFromFollower: Bool,
        at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> FetchResponse {
        switch kind {
        case .refused(let code): return FetchResponse(errorCode: code)
        case .sessionless: return FetchResponse(answers, sessionID: 0)
        case .full:
            guard makeRoom(isPrivileged: isFromFollower, count: targets.count, at: now) else {
                return FetchResponse(answers, sessionID: 0)
            }
            let id = unusedID(using: &random)
            sessions[id] = FetchSession(
                id: id,
                usesTopicIDs: version >= 13,
                isPrivileged: isFromFollower,
                targets: targets,
                answers: answers,
                at: now
            )
            return FetchResponse(answers, sessionID: id)
        case .incremental(let id, let nextEpoch):
            // A session that was evicted meanwhile: all is answered, and the next request learns of it.
            guard var session = sessions.removeValue(forKey: id) else { return FetchResponse(answers, sessionID: id) }
            defer { sessions[id] = session }
            guard session.epoch == nextEpoch else {
                return FetchResponse(errorCode: .invalidFetchSessionEpoch, sessionId: id)
            }
            return FetchResponse(session.select(answers), sessionID: id)
        }
    }

    /// The answer without data for a client that is slowed down: a session is where it was, none begins. See KIP-219.
    func throttled(_ kind: FetchSessionKind) -> FetchResponse {
        switch kind {
        case .refused(let code): FetchResponse(errorCode: code)
        case .sessionless, .full: FetchResponse()
        case .incremental(let id, let nextEpoch):
            FetchResponse(
                errorCode: sessions[id].map { $0.epoch == nextEpoch } == false ? .invalidFetchSessionEpoch : .none,
                sessionId: id
            )
        }
    }

    private func unusedID(using random: inout some RandomNumberGenerator) -> Int32 {
        while true {
            let id = Int32.random(in: 1...Int32.max, using: &random)
            if sessions[id] == nil { return id }
        }
    }

    /// Whether there is a place for a new session, now.
    private mutating func makeRoom(isPrivileged: Bool, count: Int, at now: Timestamp) -> Bool {
        if sessions.count < capacity { return true }
        guard let oldest = sessions.values.min(by: { ($0.lastUsedAt, $0.id) < ($1.lastUsedAt, $1.id) }) else {
            return false
        }
        if now.rawValue - oldest.lastUsedAt.rawValue > evictionMs {
            sessions[oldest.id] = nil
            return true
        }
        let evictable = sessions.values.filter {
            now.rawValue - $0.createdAt.rawValue > evictionMs || (isPrivileged && !$0.isPrivileged)
        }
        func worth(_ isPrivileged: Bool, _ count: Int, _ id: Int32) -> (Int, Int, Int32) {
            (isPrivileged ? 1 : 0, count, id)
        }
        guard
            let least = evictable.min(by: {
                worth($0.isPrivileged, $0.count, $0.id) < worth($1.isPrivileged, $1.count, $1.id)
            }),
            worth(least.isPrivileged, least.count, least.id) <= worth(isPrivileged, count, 0)
        else { return false }
        sessions[least.id] = nil
        return true
    }
}

/// What a fetch is to the sessions.
enum FetchSessionKind: Sendable, Hashable {
    case refused(ErrorCode)
    case sessionless
    /// Asks for a new session.
    case full
    /// Goes on with the session `id`, whose next request has `nextEpoch`.
    case incremental(id: Int32, nextEpoch: Int32)
}
