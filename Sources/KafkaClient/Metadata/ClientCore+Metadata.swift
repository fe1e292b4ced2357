import KafkaProtocol
import Logging
import NIOCore
import Records

/// Somebody who waits until topics are known.
struct MetadataWaiter {
    let topics: [TopicName]
    let deadline: NIODeadline
    let completion: @Sendable (Result<ClusterMetadata, KafkaError>) -> Void
}

extension ClientCore {
    /// Completes when every topic is known without error, or one has an error that waiting cannot mend, or at the
    /// deadline.
    func awaitTopics(
        _ topics: [TopicName],
        deadline: NIODeadline,
        _ completion: @escaping @Sendable (Result<ClusterMetadata, KafkaError>) -> Void
    ) {
        if isClosed {
            completion(.failure(.closed()))
            return
        }
        let now = eventLoop.now
        let isMissing = topics.reduce(false) { missing, topic in metadata.want(topic, now: now) || missing }
        guard isMissing else {
            completion(.success(metadata.metadata))
            return
        }
        metadataWaiters.append(MetadataWaiter(topics: topics, deadline: deadline, completion: completion))
        eventLoop.scheduleTask(deadline: deadline) { self.checkMetadataWaiters() }
        refreshIfDue()
    }

    /// Asks for metadata when the cache says so, and comes back when it will.
    func refreshIfDue() {
        guard !isClosed else { return }
        switch metadata.next(now: eventLoop.now) {
        case .none:
            return
        case .wait(let until):
            if let timer = metadataTimer {
                if timer.deadline <= until, timer.deadline > eventLoop.now { return }
                timer.task.cancel()
            }
            let task = eventLoop.scheduleTask(deadline: until) {
                self.metadataTimer = nil
                self.refreshIfDue()
            }
            metadataTimer = (until, task)
        case .refresh(let topics):
            let creates = configuration.allowsAutoTopicCreation
            let make: @Sendable (Int16) -> MetadataRequest = { version in
                var request = MetadataRequest()
                // In version 0 no topics means all topics, which serves as well.
                request.topics = topics.map { name in
                    var topic = MetadataRequest.MetadataRequestTopic()
                    topic.name = name
                    return topic
                }
                if version >= 4 { request.allowAutoTopicCreation = creates }
                return request
            }
            once(to: .any, lane: .general, limit: nil, timeout: configuration.requestTimeout, make) { result in
                self.refreshed(result)
            }
        }
    }

    private func refreshed(_ result: Result<MetadataResponse, KafkaError>) {
        guard !isClosed else { return }
        switch result {
        case .success(let response):
            metadata.apply(response, now: eventLoop.now, random: random())
            metadataChanged()
        case .failure(let error):
            logger.debug("metadata could not be refreshed: \(error)")
            lastMetadataError = error
            metadata.failed(now: eventLoop.now, random: random())
        }
        checkMetadataWaiters()
        refreshIfDue()
    }

    func metadataChanged() {
        published.publish(metadata.metadata)
        for observer in metadataObservers { observer() }
    }

    private func checkMetadataWaiters() {
        let now = eventLoop.now
        let known = metadata.metadata.topics
        var waiting: [MetadataWaiter] = []
        var done: [(MetadataWaiter, Result<ClusterMetadata, KafkaError>)] = []
        for waiter in metadataWaiters {
            let errors = waiter.topics.map { known[$0]?.error ?? .unknownTopicOrPartition }
            if let index = errors.firstIndex(where: { $0 != .none && !$0.isRetriable }) {
                let message = "Topic \(waiter.topics[index]): \(errors[index].message)"
                done.append((waiter, .failure(KafkaError(errors[index], message))))
            } else if errors.allSatisfy({ $0 == .none }) {
                done.append((waiter, .success(metadata.metadata)))
            } else if waiter.deadline <= now, let index = errors.firstIndex(where: { $0 != .none }) {
                let message = "Topic \(waiter.topics[index]) was not present in metadata in time."
                let cause: (any Error)? =
                    known[waiter.topics[index]] == nil ? lastMetadataError : KafkaError(errors[index])
                done.append((waiter, .failure(.timedOut(message, underlying: cause))))
            } else {
                waiting.append(waiter)
            }
        }
        metadataWaiters = waiting
        for (waiter, result) in done { waiter.completion(result) }
    }
}
