import KafkaProtocol
import NIOCore
import Records

/// A partition and the epoch of the leader that it is asked of.
struct PartitionAtLeader: Sendable {
    let id: TopicPartition
    let leaderEpoch: LeaderEpoch
}

extension AdminClient {
    /// Topics as a broker tells of them now, by name, with what is wrong with each; asking creates none.
    func freshMetadata(of topics: [TopicName]) async throws(KafkaError) -> [TopicName: TopicMetadata] {
        let response = try await client.send(to: .any) { version -> MetadataRequest in
            var request = MetadataRequest()
            request.topics = topics.map { name in
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = name
                return topic
            }
            if version >= 4 { request.allowAutoTopicCreation = false }
            return request
        }
        await client.learn(response.brokers.map(BrokerNode.init))
        var found: [TopicName: TopicMetadata] = [:]
        for topic in response.topics.compactMap(TopicMetadata.init) { found[topic.name] = topic }
        return found
    }

    /// Asks the leader of each partition, in one request a leader; again, with fresh metadata, for partitions whose
    /// leader moved or is not known yet, until `default.api.timeout.ms` has passed.
    ///
    /// Errors of single partitions come back with the partition. `call` names the call in the error of those that were
    /// never answered.
    func atLeaders<R: KafkaRequest, Value: Sendable>(
        _ partitions: some Sequence<TopicPartition>,
        call: String,
        make: @escaping @Sendable ([PartitionAtLeader], Int16) -> R,
        read: (R.Response) -> [(TopicPartition, ErrorCode, Value)]
    ) async throws(KafkaError) -> [TopicPartition: Result<Value, KafkaError>] {
        var open = Set(partitions)
        var results: [TopicPartition: Result<Value, KafkaError>] = [:]
        var reasons: [TopicPartition: KafkaError] = [:]
        var attempts = Attempts(call: call, client: client)
        while !open.isEmpty {
            let topics = try await freshMetadata(of: Set(open.map(\.topic)).sorted())
            var groups: [BrokerID: [PartitionAtLeader]] = [:]
            for id in open.sorted() {
                switch AdminClient.leader(of: id, topics) {
                case .success(let partition):
                    groups[partition.leader, default: []].append(.init(id: id, leaderEpoch: partition.leaderEpoch))
                case .failure(let error) where error.isRetriable:
                    reasons[id] = error
                case .failure(let error):
                    results[id] = .failure(error)
                    open.remove(id)
                }
            }
            for (leader, group) in groups.sorted(by: { $0.key < $1.key }) {
                let response = try await client.send(to: .broker(leader)) { make(group, $0) }
                for (id, code, value) in read(response) {
                    if code.isRetriable {
                        reasons[id] = KafkaError(code)
                    } else {
                        results[id] = code == .none ? .success(value) : .failure(KafkaError(code))
                        open.remove(id)
                    }
                }
            }
            guard !open.isEmpty, await attempts.mayTryAgain() else { break }
        }
        for id in open { results[id] = .failure(attempts.timedOut(reasons[id])) }
        return results
    }

    private static func leader(
        of id: TopicPartition,
        _ topics: [TopicName: TopicMetadata]
    ) -> Result<PartitionMetadata, KafkaError> {
        guard let topic = topics[id.topic] else { return .failure(KafkaError(.unknownTopicOrPartition)) }
        guard topic.error == .none else { return .failure(KafkaError(topic.error)) }
        guard let partition = topic[id.partition] else { return .failure(KafkaError(.unknownTopicOrPartition)) }
        guard partition.leader != .none else { return .failure(KafkaError(.leaderNotAvailable)) }
        return .success(partition)
    }
}

/// Counts the attempts of a call, waits between them, and says so when the time has run out.
struct Attempts {
    private let call: String
    private let client: KafkaClient
    private let began = Timestamp.now()
    private let deadline: NIODeadline
    private let backoff: ExponentialBackoff
    private var count = 0

    init(call: String, client: KafkaClient) {
        self.call = call
        self.client = client
        deadline = client.eventLoop.now + TimeAmount(client.configuration.apiTimeout)
        backoff = ExponentialBackoff(
            initial: client.configuration.retryBackoff,
            maximum: client.configuration.retryBackoffMax
        )
    }

    /// Waits, and tells whether there is time for one more attempt.
    mutating func mayTryAgain() async -> Bool {
        count += 1
        let wait = TimeAmount(backoff.delay(failures: count, random: client.random()))
        let loop = client.eventLoop
        let left = deadline - loop.now
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.scheduleTask(in: min(wait, max(left, .nanoseconds(0)))) { continuation.resume() }
        }
        return loop.now < deadline
    }

    /// The sentence of Kafka's admin client for a call whose time ran out; the reason stands behind it.
    func timedOut(_ reason: KafkaError?) -> KafkaError {
        let now = Timestamp.now().rawValue
        let timeoutMs = Int64(client.configuration.apiTimeout / .milliseconds(1))
        let facts = "deadlineMs=\(began.rawValue + timeoutMs), tries=\(count), nextAllowedTryMs=\(now)"
        return .timedOut(
            "Call(callName=\(call), \(facts)) timed out at \(now) after \(count) attempt(s)",
            underlying: reason
        )
    }
}
