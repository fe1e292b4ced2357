import KafkaProtocol
import NIOCore
import Records
import Testing

@testable import KafkaClient

@Suite struct MetadataCacheTests {
    private var cache = MetadataCache(
        MetadataCache.Settings(
            maxAge: .seconds(300),
            maxIdle: .seconds(60),
            backoff: ExponentialBackoff(initial: .milliseconds(100), maximum: .seconds(1))
        )
    )

    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func want(_ cache: inout MetadataCache, _ topic: TopicName, _ now: NIODeadline) -> Bool {
        cache.want(topic, now: now)
    }

    private func answer(
        _ topic: TopicName,
        leader: BrokerID,
        epoch: LeaderEpoch,
        id: UInt64 = 1,
        error: ErrorCode = .none
    ) -> MetadataResponse {
        var response = MetadataResponse()
        for number: Int32 in 1...2 {
            var broker = MetadataResponse.MetadataResponseBroker()
            broker.nodeId = BrokerID(number)
            broker.host = "b\(number)"
            broker.port = 9092
            response.brokers.append(broker)
        }
        var partition = MetadataResponse.MetadataResponsePartition()
        partition.leaderId = leader
        partition.leaderEpoch = epoch
        var entry = MetadataResponse.MetadataResponseTopic()
        entry.name = topic
        entry.topicId = TopicID(KafkaUUID(high: id, low: id))
        entry.errorCode = error
        entry.partitions = error == .none ? [partition] : []
        response.topics = [entry]
        return response
    }

    @Test func `an unknown topic is asked for at once and a known one after the age`() {
        var cache = cache
        #expect(want(&cache, "t", time(1)))
        #expect(cache.next(now: time(1)) == .refresh(["t"]))
        #expect(cache.next(now: time(1)) == .none)
        cache.apply(answer("t", leader: 1, epoch: 0), now: time(2), random: 0)
        #expect(!want(&cache, "t", time(280)))
        #expect(cache.next(now: time(290)) == .wait(until: time(302)))
        #expect(cache.next(now: time(302)) == .refresh(["t"]))
    }

    @Test func `a topic that nobody uses is dropped`() {
        var cache = cache
        _ = cache.want("t", now: time(1))
        _ = cache.next(now: time(1))
        cache.apply(answer("t", leader: 1, epoch: 0), now: time(1), random: 0)
        #expect(cache.next(now: time(301)) == .refresh([]))
    }

    @Test func `failures wait longer each time`() {
        var cache = cache
        let middle = UInt64(1) << 63
        _ = cache.want("t", now: time(1))
        for wait in [100, 200, 400] as [Int64] {
            #expect(cache.next(now: time(1)) == .refresh(["t"]) || wait > 100)
            cache.failed(now: time(1), random: middle)
            #expect(cache.next(now: time(1)) == .wait(until: time(1) + .milliseconds(wait)))
            _ = cache.next(now: time(1) + .milliseconds(wait))
        }
    }

    @Test func `a leader of an older epoch is not taken unless the topic is new`() {
        var cache = cache
        let partition = TopicPartition("t", 0)
        cache.apply(answer("t", leader: 1, epoch: 5), now: time(1), random: 0)
        cache.apply(answer("t", leader: 2, epoch: 4), now: time(2), random: 0)
        #expect(cache.metadata.leader(of: partition)?.id == 1)
        cache.apply(answer("t", leader: 2, epoch: 6), now: time(3), random: 0)
        #expect(cache.metadata.leader(of: partition)?.id == 2)
        cache.apply(answer("t", leader: 1, epoch: 0, id: 9), now: time(4), random: 0)
        #expect(cache.metadata.leader(of: partition)?.id == 1)
    }

    @Test func `a response may tell of a newer leader`() {
        var cache = cache
        let partition = TopicPartition("t", 0)
        cache.apply(answer("t", leader: 1, epoch: 5), now: time(1), random: 0)
        let stale = cache.leaderChanged(partition, to: 2, epoch: 5)
        #expect(!stale)
        let isNews = cache.leaderChanged(partition, to: 2, epoch: 6)
        #expect(isNews)
        #expect(cache.metadata.leader(of: partition)?.id == 2)
    }

    @Test func `an error that passes is asked about again`() {
        var cache = cache
        _ = cache.want("t", now: time(1))
        _ = cache.next(now: time(1))
        cache.apply(answer("t", leader: 1, epoch: 0, error: .leaderNotAvailable), now: time(1), random: 1 << 63)
        #expect(cache.next(now: time(1)) == .wait(until: time(1) + .milliseconds(100)))
        #expect(cache.next(now: time(2)) == .refresh(["t"]))
    }
}
