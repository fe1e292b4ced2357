import KafkaProtocol
import NIOCore
import Records
import Synchronization

extension ConsumerShell {
    /// One attempt at something.
    typealias Attempt<Value> = @Sendable (@escaping @Sendable (Result<Value, KafkaError>) -> Void) -> Void

    /// Attempts with growing waits until success, an error that waiting cannot mend, or the timeout
    /// (`default.api.timeout.ms` where none is given).
    func retrying<Value: Sendable>(
        _ timeout: Duration?,
        _ attempt: @escaping Attempt<Value>,
        _ completion: @escaping @Sendable (Result<Value, KafkaError>) -> Void
    ) {
        let deadline = now + TimeAmount(timeout ?? configuration.apiTimeout)
        retrying(deadline: deadline, failures: 0, attempt, completion)
    }

    private func retrying<Value: Sendable>(
        deadline: NIODeadline,
        failures: Int,
        _ attempt: @escaping Attempt<Value>,
        _ completion: @escaping @Sendable (Result<Value, KafkaError>) -> Void
    ) {
        attempt { [self] result in
            guard case .failure(let error) = result, error.isRetriable else {
                completion(result)
                return
            }
            let wait = TimeAmount(retryBackoff.delay(failures: failures + 1, random: client.random()))
            guard now + wait < deadline else {
                completion(.failure(.timedOut("The call did not succeed in time.", underlying: error)))
                return
            }
            client.eventLoop.scheduleTask(in: wait) {
                self.retrying(deadline: deadline, failures: failures + 1, attempt, completion)
            }
        }
    }

    /// Offsets of partitions, wherever they are led; all or an error.
    func lookUp(
        _ queries: [TopicPartition: OffsetQuery],
        _ timeout: Duration?,
        _ completion: @escaping @Sendable (Result<[TopicPartition: OffsetAndTimestamp?], KafkaError>) -> Void
    ) {
        let topics = Set(queries.keys.map(\.topic)).sorted()
        retrying(
            timeout,
            { [self] attempted in
                client.metadata(for: topics, timeout: timeout ?? configuration.apiTimeout) { [self] result in
                    switch result {
                    case .failure(let error): attempted(.failure(error))
                    case .success(let metadata): lookUp(queries, metadata, attempted)
                    }
                }
            },
            completion
        )
    }

    /// One attempt, on the event loop: a request to each leader, the answers gathered.
    private func lookUp(
        _ queries: [TopicPartition: OffsetQuery],
        _ metadata: ClusterMetadata,
        _ completion: @escaping @Sendable (Result<[TopicPartition: OffsetAndTimestamp?], KafkaError>) -> Void
    ) {
        typealias Part = (partition: TopicPartition, leaderEpoch: LeaderEpoch, query: OffsetQuery)
        var parts: [BrokerID: [Part]] = [:]
        for (partition, query) in queries {
            guard let leader = metadata.leader(of: partition), let known = metadata.partition(partition) else {
                client.refreshMetadata()
                completion(.failure(KafkaError(.leaderNotAvailable, "The leader of \(partition) is not known.")))
                return
            }
            parts[leader.id, default: []].append((partition, known.leaderEpoch, query))
        }
        let gathering = Gathering(count: parts.count, completion)
        if parts.isEmpty { completion(.success([:])) }
        for broker in parts.keys.sorted() {
            listOffsets(broker, parts[broker, default: []]) { [client] result in
                var found: [TopicPartition: OffsetAndTimestamp?] = [:]
                do throws(KafkaError) {
                    for (partition, answer) in try result.get() {
                        found.updateValue(try answer.get(), forKey: partition)
                    }
                    gathering.add(.success(found))
                } catch {
                    client.refreshMetadata()
                    gathering.add(.failure(error))
                }
            }
        }
    }

    /// Puts the answers of several brokers together.
    private final class Gathering: Sendable {
        typealias Found = [TopicPartition: OffsetAndTimestamp?]

        private let state: Mutex<(left: Int, found: Found, error: KafkaError?)>
        private let completion: @Sendable (Result<Found, KafkaError>) -> Void

        init(count: Int, _ completion: @escaping @Sendable (Result<Found, KafkaError>) -> Void) {
            state = Mutex((count, [:], nil))
            self.completion = completion
        }

        func add(_ result: Result<Found, KafkaError>) {
            let outcome: Result<Found, KafkaError>? = state.withLock { state in
                state.left -= 1
                switch result {
                case .success(let found): state.found.merge(found) { $1 }
                case .failure(let error): state.error = state.error ?? error
                }
                guard state.left == 0 else { return nil }
                return state.error.map { .failure($0) } ?? .success(state.found)
            }
            if let outcome { completion(outcome) }
        }
    }
}
