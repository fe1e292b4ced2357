import KafkaProtocol
import Records

extension MetadataController {
    /// Elects leaders; nil asks for all partitions. One result a partition, in order.
    func electLeaders(
        _ kind: LeaderElection.Kind,
        _ asked: [(topic: TopicName, partitions: [PartitionIndex])]?,
        _ completion: @escaping @Sendable ([(TopicName, [(PartitionIndex, Result<Void, APIFailure>)])]) -> Void
    ) {
        execute { [self] in
            let image = image
            let all = image.topics.values.sorted { $0.name < $1.name }.map { topic in
                (topic: topic.name, partitions: topic.partitions.indices.map { PartitionIndex(Int32(clamping: $0)) })
            }
            let wanted = asked ?? all
            let election = LeaderElection(kind: kind, image: image)
            var records: [AnyMetadataRecord] = []
            let results = wanted.flatMap { topic, partitions in
                partitions.map { partition in
                    attempt { () throws(APIFailure) in records.append(try election.plan(topic, partition)) }
                }
            }
            var outcomes = committing(records, results)[...]
            completion(
                wanted.map { topic, partitions in
                    (topic, partitions.map { ($0, outcomes.removeFirst()) })
                }
            )
        }
    }

    /// Moves partitions, or cancels moves; one result a wish, in order.
    func reassign(
        _ wishes: [PartitionReassignment],
        _ completion: @escaping @Sendable ([Result<Void, APIFailure>]) -> Void
    ) {
        execute { [self] in
            let image = image
            var records: [AnyMetadataRecord] = []
            let results = wishes.map { wish in
                attempt { () throws(APIFailure) in records += try wish.plan(image) }
            }
            completion(committing(records, results))
        }
    }

    /// Forgets a broker that is not this one.
    func unregisterBroker(_ id: BrokerID, _ completion: @escaping Completion<Void>) {
        execute { [self] in
            completion(
                attempt { () throws(APIFailure) in
                    guard let broker = image.brokers[id] else {
                        throw APIFailure(
                            .brokerIdNotRegistered,
                            "Broker ID \(id) is not currently registered"
                        )
                    }
                    guard id != configuration.nodeID else {
                        throw APIFailure(.invalidRequest, "Broker ID \(id) is this broker, which runs")
                    }
                    let record = UnregisterBrokerRecord(brokerId: id, brokerEpoch: broker.epoch)
                    try commit([.unregisterBroker(record)])
                }
            )
        }
    }
}
