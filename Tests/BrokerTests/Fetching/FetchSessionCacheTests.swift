import KafkaProtocol
import Records
import Testing

@testable import Broker

@Suite struct FetchSessionCacheTests {
    private var random = FixedNumbers()

    private struct FixedNumbers: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    private func request(
        _ partitions: [Int32],
        id: Int32 = 0,
        epoch: Int32,
        forgetting: [Int32] = []
    ) -> FetchRequest {
        var request = FetchRequest(sessionId: id, sessionEpoch: epoch)
        if !partitions.isEmpty {
            request.topics = [
                .init(
                    topic: "t",
                    partitions: partitions.map { .init(partition: PartitionIndex($0), fetchOffset: 5) }
                )
            ]
        }
        if !forgetting.isEmpty {
            request.forgottenTopicsData = [.init(topic: "t", partitions: forgetting.map { PartitionIndex($0) })]
        }
        return request
    }

    private func answers(_ targets: [FetchTarget], _ change: (inout FetchResponse.PartitionData) -> Void = { _ in })
        -> [FetchAnswer]
    {
        targets.map { target in
            var data = FetchResponse.PartitionData(
                partitionIndex: target.asked.partition,
                highWatermark: 10,
                logStartOffset: 0,
                records: RecordsPayload()
            )
            change(&data)
            return FetchAnswer(topic: target.topic, topicID: target.topicID, data: data)
        }
    }

    private mutating func open(
        _ cache: inout FetchSessionCache,
        _ partitions: [Int32],
        isFromFollower: Bool = false,
        at now: Timestamp = 0
    ) -> Int32 {
        let (kind, targets) = cache.begin(request(partitions, epoch: 0), version: 12, at: now)
        return cache.finish(
            kind,
            targets: targets,
            answers: answers(targets),
            version: 12,
            isFromFollower: isFromFollower,
            at: now,
            using: &random
        ).sessionId
    }

    private mutating func incremental(
        _ cache: inout FetchSessionCache,
        _ request: FetchRequest,
        _ change: (inout FetchResponse.PartitionData) -> Void = { _ in }
    ) -> FetchResponse {
        let (kind, targets) = cache.begin(request, version: 12, at: 1)
        return cache.finish(
            kind,
            targets: targets,
            answers: answers(targets, change),
            version: 12,
            isFromFollower: false,
            at: 1,
            using: &random
        )
    }

    private func partitions(_ response: FetchResponse) -> [Int32] {
        response.responses.flatMap { $0.partitions.map(\.partitionIndex.rawValue) }
    }

    @Test mutating func `an incremental answer holds only what changed`() {
        var cache = FetchSessionCache(capacity: 10)
        let id = open(&cache, [0, 1, 2])
        #expect(id > 0)
        let quiet = incremental(&cache, request([], id: id, epoch: 1))
        #expect(quiet.sessionId == id && partitions(quiet).isEmpty)
        let grown = incremental(&cache, request([], id: id, epoch: 2)) {
            if $0.partitionIndex == 1 { $0.highWatermark = 11 }
        }
        #expect(partitions(grown) == [1])
        let trimmed = incremental(&cache, request([], id: id, epoch: 3)) {
            if $0.partitionIndex == 1 { $0.highWatermark = 11 }
            if $0.partitionIndex == 2 { $0.logStartOffset = 3 }
        }
        #expect(partitions(trimmed) == [2])
    }

    @Test mutating func `an error is told again and again, and its end too`() {
        var cache = FetchSessionCache(capacity: 10)
        let id = open(&cache, [0, 1])
        for epoch in Int32(1)...2 {
            let failed = incremental(&cache, request([], id: id, epoch: epoch)) {
                if $0.partitionIndex == 0 { $0.errorCode = .notLeaderOrFollower }
            }
            #expect(partitions(failed) == [0])
        }
        #expect(partitions(incremental(&cache, request([], id: id, epoch: 3))) == [0])
        #expect(partitions(incremental(&cache, request([], id: id, epoch: 4))).isEmpty)
    }

    @Test mutating func `a partition that gave records is read last the next time`() {
        var cache = FetchSessionCache(capacity: 10)
        let id = open(&cache, [0, 1, 2])
        let records = RecordsPayload(Bytes(utf8: "batch"))
        let answer = incremental(&cache, request([], id: id, epoch: 1)) {
            if $0.partitionIndex == 0 { $0.records = records }
        }
        #expect(partitions(answer) == [0])
        let (_, targets) = cache.begin(request([], id: id, epoch: 2), version: 12, at: 1)
        #expect(targets.map(\.asked.partition.rawValue) == [1, 2, 0])
    }

    @Test mutating func `partitions are added, changed and forgotten`() {
        var cache = FetchSessionCache(capacity: 10)
        let id = open(&cache, [0, 1, 2])
        let (_, targets) = cache.begin(
            request([3, 1], id: id, epoch: 1, forgetting: [0, 9]),
            version: 12,
            at: 1
        )
        #expect(targets.map(\.asked.partition.rawValue) == [1, 2, 3])
        // The place of a forgotten one is taken by the next.
        let (_, more) = cache.begin(request([4], id: id, epoch: 2), version: 12, at: 1)
        #expect(more.map(\.asked.partition.rawValue) == [1, 2, 3, 4])
        let (kind, none) = cache.begin(request([], id: id, epoch: 3, forgetting: [1, 2, 3, 4]), version: 12, at: 1)
        #expect(kind == .sessionless && none.isEmpty)
        #expect(cache.sessions.isEmpty)
    }

    @Test mutating func `a wrong id, epoch or kind of topic is refused, and changes nothing`() {
        var cache = FetchSessionCache(capacity: 10)
        let id = open(&cache, [0])
        #expect(
            cache.begin(request([1], id: id &+ 1, epoch: 1), version: 12, at: 1).kind
                == .refused(.fetchSessionIdNotFound)
        )
        #expect(
            cache.begin(request([1], id: id, epoch: 2), version: 12, at: 1).kind == .refused(.invalidFetchSessionEpoch)
        )
        #expect(
            cache.begin(request([1], id: id, epoch: 1), version: 13, at: 1).kind == .refused(.fetchSessionTopicIdError)
        )
        #expect(cache.sessions[id]?.count == 1)
        #expect(
            cache.begin(request([], id: id, epoch: 1), version: 12, at: 1).kind == .incremental(id: id, nextEpoch: 2)
        )
    }

    @Test mutating func `a full fetch and a last one end the session that they name`() {
        var cache = FetchSessionCache(capacity: 10)
        let first = open(&cache, [0])
        #expect(cache.begin(request([0], id: first, epoch: -1), version: 12, at: 1).kind == .sessionless)
        #expect(cache.sessions.isEmpty)
        let second = open(&cache, [0])
        #expect(cache.begin(request([0], id: second, epoch: 0), version: 12, at: 1).kind == .full)
        #expect(cache.sessions.isEmpty)
    }

    @Test mutating func `after the largest epoch comes 1`() {
        var session = FetchSession(
            id: 1,
            usesTopicIDs: false,
            isPrivileged: false,
            targets: request([0], epoch: 0).targets,
            answers: [],
            at: 0
        )
        #expect(session.epoch == 1)
        session = FetchSession(
            id: 1,
            usesTopicIDs: false,
            isPrivileged: false,
            targets: [],
            answers: [],
            at: 0,
            epoch: .max
        )
        session.update([], forgetting: [], at: 1)
        #expect(session.epoch == 1)
    }

    @Test mutating func `a full cache keeps young sessions, and gives old or lesser ones away`() {
        var cache = FetchSessionCache(capacity: 2, evictionMs: 100)
        let small = open(&cache, [0], at: 0)
        let large = open(&cache, [0, 1, 2], at: 0)
        #expect(open(&cache, [0, 1], at: 50) == 0)
        #expect(cache.sessions.keys.sorted() == [small, large].sorted())
        // Used lately, but old enough to give way to one with more partitions.
        _ = cache.begin(request([], id: small, epoch: 1), version: 12, at: 90)
        _ = cache.begin(request([], id: large, epoch: 1), version: 12, at: 90)
        let medium = open(&cache, [0, 1], at: 120)
        #expect(medium > 0)
        #expect(cache.sessions.keys.sorted() == [medium, large].sorted())
        // A follower's does not wait for that.
        #expect(open(&cache, [0], isFromFollower: true, at: 121) > 0)
        #expect(cache.sessions[medium] == nil)
        // Nobody has used it for long.
        #expect(open(&cache, [0], at: 300) > 0)
        #expect(cache.sessions[large] == nil)
    }

    @Test mutating func `without places there are no sessions`() {
        var cache = FetchSessionCache(capacity: 0)
        #expect(open(&cache, [0]) == 0)
    }
}
