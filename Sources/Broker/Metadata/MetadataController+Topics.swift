import KafkaProtocol
import Records

extension MetadataController {
    /// Makes topics, or only says whether they could be made; one result a topic, in order.
    ///
    /// All topics that are found right are made in one batch of records.
    func createTopics(
        _ topics: [NewTopic],
        validateOnly: Bool,
        charging budget: MutationQuotas.Budget? = nil,
        _ completion: @escaping @Sendable ([Result<CreatedTopic, APIFailure>]) -> Void
    ) {
        execute { [self] in
            var random = environment.randomNumbers()
            var records: [AnyMetadataRecord] = []
            // Later topics of one request are judged as if the earlier ones existed.
            var planned = image
            let results = topics.map { topic in
                attempt { () throws(APIFailure) in
                    let (created, made) = try creation(planned).plan(topic, using: &random)
                    guard records.count + made.count <= MetadataController.maxRecordsPerChange else {
                        throw .excessiveChange
                    }
                    try budget?.charge(Int(created.partitionCount))
                    do throws(MetadataReplayError) {
                        for record in made { try planned.apply(record) }
                    } catch { throw APIFailure(.unknownServerError, "\(error)") }
                    records += made
                    return created
                }
            }
            guard !validateOnly else { return completion(results) }
            completion(committing(records, results))
        }
    }

    /// Deletes topics; one result an id, in order.
    func deleteTopics(
        _ ids: [TopicID],
        charging budget: MutationQuotas.Budget? = nil,
        _ completion: @escaping @Sendable ([Result<Void, APIFailure>]) -> Void
    ) {
        execute { [self] in
            let image = image
            var records: [AnyMetadataRecord] = []
            var seen: Set<TopicID> = []
            let results = ids.map { id in
                attempt { () throws(APIFailure) in
                    guard let topic = image.topic(id), seen.insert(id).inserted else {
                        throw APIFailure(.unknownTopicId, ErrorCode.unknownTopicId.message)
                    }
                    try budget?.charge(topic.partitions.count)
                    records.append(.removeTopic(RemoveTopicRecord(topicId: id)))
                }
            }
            completion(committing(records, results))
        }
    }

    /// Adds partitions until a topic has `count`; one result a topic, in order.
    func createPartitions(
        _ topics: [PartitionIncrease],
        validateOnly: Bool,
        charging budget: MutationQuotas.Budget? = nil,
        _ completion: @escaping @Sendable ([Result<Void, APIFailure>]) -> Void
    ) {
        execute { [self] in
            let image = image
            var records: [AnyMetadataRecord] = []
            let results = topics.map { topic in
                attempt { () throws(APIFailure) in
                    let made = try topic.plan(image)
                    try budget?.charge(made.count)
                    records += made
                }
            }
            guard !validateOnly else { return completion(results) }
            completion(committing(records, results))
        }
    }

    /// Changes configs; one result a resource, in order. Resources are independent of each other.
    func alterConfigs(
        _ alterations: [ConfigAlteration],
        validateOnly: Bool,
        _ completion: @escaping @Sendable ([Result<Void, APIFailure>]) -> Void
    ) {
        execute { [self] in
            let (image, resolver) = (image, resolver)
            var records: [AnyMetadataRecord] = []
            var counts: [ConfigResource: Int] = [:]
            for alteration in alterations { counts[alteration.resource, default: 0] += 1 }
            let results = alterations.map { alteration in
                attempt { () throws(APIFailure) in
                    guard counts[alteration.resource] == 1 else {
                        throw APIFailure(.invalidRequest, "Each resource must appear at most once.")
                    }
                    records += try alteration.plan(image, resolver)
                }
            }
            guard !validateOnly else { return completion(results) }
            completion(committing(records, results))
        }
    }

    private func creation(_ image: MetadataImage) -> TopicCreation {
        TopicCreation(
            image: image,
            resolver: resolver,
            defaultPartitionCount: Int32(clamping: configuration.integer("num.partitions")),
            defaultReplicationFactor: Int16(clamping: configuration.integer("default.replication.factor"))
        )
    }

    /// The results as they are once `records` are written; failures throughout when they cannot be.
    func committing<Value>(
        _ records: [AnyMetadataRecord],
        _ results: [Result<Value, APIFailure>]
    ) -> [Result<Value, APIFailure>] {
        do throws(APIFailure) {
            try commit(records)
            return results
        } catch {
            return results.map { result in
                switch result {
                case .success: .failure(error)
                case .failure: result
                }
            }
        }
    }
}
