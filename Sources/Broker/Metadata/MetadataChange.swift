import KafkaProtocol
import Records

/// What a run of records changed, for those who act on it.
struct MetadataChange: Sendable {
    let before: MetadataImage
    let after: MetadataImage
    /// Partitions that did not exist before.
    private(set) var createdPartitions: [PartitionPlace] = []
    /// Topics that are gone.
    private(set) var removedTopics: [MetadataImage.Topic] = []
    /// Partitions whose leader, epoch or replicas changed.
    private(set) var changedPartitions: [PartitionPlace] = []
    /// Resources whose configs changed.
    private(set) var changedConfigs: Set<ConfigResource> = []

    struct PartitionPlace: Hashable, Sendable {
        let topicPartition: TopicPartition
        let topicID: TopicID
    }

    /// Applies `records` to `before`. Errors: ``MetadataReplayError``.
    init(_ before: MetadataImage, applying records: [AnyMetadataRecord], nextOffset: Offset) throws(MetadataReplayError)
    {
        var image = before
        for record in records { try image.apply(record) }
        image.nextOffset = nextOffset
        self.before = before
        self.after = image
        for record in records { note(record) }
    }

    private mutating func note(_ record: AnyMetadataRecord) {
        switch record {
        case .partition(let record):
            if let place = place(record.topicId, record.partitionId) { createdPartitions.append(place) }
        case .partitionChange(let record):
            if let place = place(record.topicId, record.partitionId) { changedPartitions.append(place) }
        case .removeTopic(let record):
            if let topic = before.topic(record.topicId) { removedTopics.append(topic) }
        case .config(let record):
            guard let kind = ConfigResource.Kind(rawValue: record.resourceType) else { return }
            changedConfigs.insert(ConfigResource(kind: kind, name: record.resourceName))
        default: break
        }
    }

    private func place(_ id: TopicID, _ index: PartitionIndex) -> PartitionPlace? {
        after.topic(id).map { PartitionPlace(topicPartition: TopicPartition($0.name, index), topicID: id) }
    }
}

/// Acts on changes of the metadata. Called on the control loop, in order.
protocol MetadataListener: Sendable {
    /// The change is committed and not yet visible: make ready what it promises.
    func willPublish(_ change: MetadataChange)
    /// The change is visible: let go what it took away.
    func didPublish(_ change: MetadataChange)
}
