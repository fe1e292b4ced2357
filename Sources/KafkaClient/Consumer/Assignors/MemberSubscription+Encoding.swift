import KafkaProtocol
import Records

extension MemberSubscription {
    /// As the consumer protocol writes it: topics and owned partitions in order, the highest version.
    public func encoded(version: Int16 = ConsumerProtocolSubscription.versions.upperBound) throws(WireError) -> Bytes {
        var message = ConsumerProtocolSubscription()
        message.topics = topics.sorted()
        message.userData = userData
        for partition in ownedPartitions.sorted() {
            if message.ownedPartitions.last?.topic != partition.topic {
                message.ownedPartitions.append(ConsumerProtocolSubscription.TopicPartition(topic: partition.topic))
            }
            message.ownedPartitions[message.ownedPartitions.count - 1].partitions.append(partition.partition)
        }
        message.generationId = generationID ?? -1
        message.rackId = rackID
        return try message.encodedRecord(version: version)
    }

    /// Reads the consumer protocol's bytes, of this or any newer version. Errors: bytes that hold no subscription.
    public init(_ bytes: Bytes) throws(WireError) {
        let message = try ConsumerProtocolSubscription.decodeRecordOfAnyNewerVersion(bytes)
        self.init(
            topics: message.topics,
            userData: message.userData,
            ownedPartitions: message.ownedPartitions.flatMap { owned in
                owned.partitions.map { TopicPartition(owned.topic, $0) }
            },
            generationID: message.generationId < 0 ? nil : message.generationId,
            rackID: message.rackId.flatMap { $0.isEmpty ? nil : $0 }
        )
    }
}

extension PartitionAssignment {
    /// As the consumer protocol writes it: topics in the order in which they first occur, the highest version.
    public func encoded(version: Int16 = ConsumerProtocolAssignment.versions.upperBound) throws(WireError) -> Bytes {
        var message = ConsumerProtocolAssignment()
        message.userData = userData
        var places: [TopicName: Int] = [:]
        for partition in partitions {
            let place = places[partition.topic] ?? message.assignedPartitions.count
            if place == message.assignedPartitions.count {
                places[partition.topic] = place
                message.assignedPartitions.append(ConsumerProtocolAssignment.TopicPartition(topic: partition.topic))
            }
            message.assignedPartitions[place].partitions.append(partition.partition)
        }
        return try message.encodedRecord(version: version)
    }

    /// Reads the consumer protocol's bytes, of this or any newer version. Errors: bytes that hold no assignment.
    public init(_ bytes: Bytes) throws(WireError) {
        let message = try ConsumerProtocolAssignment.decodeRecordOfAnyNewerVersion(bytes)
        let partitions = message.assignedPartitions.flatMap { assigned in
            assigned.partitions.map { TopicPartition(assigned.topic, $0) }
        }
        self.init(partitions, userData: message.userData)
    }
}
