import KafkaProtocol
import Records

/// Which offset of a partition is asked for; the raw value is ListOffsets' timestamp.
public struct OffsetSpec: RawRepresentable, Sendable, Hashable {
    /// ListOffsets' timestamp.
    public let rawValue: Int64
    /// The spec of this timestamp.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The end of the partition.
    public static let latest = OffsetSpec(rawValue: -1)
    /// The start of the partition.
    public static let earliest = OffsetSpec(rawValue: -2)
    /// The record with the highest timestamp. See KIP-734.
    public static let maxTimestamp = OffsetSpec(rawValue: -3)
    /// The start of what the broker keeps on its own disks. See KIP-405.
    public static let earliestLocal = OffsetSpec(rawValue: -4)
    /// The last offset in tiered storage. See KIP-1005.
    public static let latestTiered = OffsetSpec(rawValue: -5)
    /// The first record of this time or later.
    public static func timestamp(_ time: Timestamp) -> OffsetSpec { OffsetSpec(rawValue: time.rawValue) }
}

/// An offset found by ``AdminClient/listOffsets(_:isReadCommitted:)``.
public struct ListedOffset: Sendable, Hashable {
    /// -1 where no record answers to the time.
    public let offset: Offset
    /// The record's time; -1 where the request asked for none.
    public let timestamp: Timestamp
    /// The epoch of the leader that wrote the record.
    public let leaderEpoch: LeaderEpoch
}

extension AdminClient {
    /// Finds offsets, each at its partition's leader. With `isReadCommitted` the end is the last stable offset.
    ///
    /// Partitions that nobody knows or leads are asked for again until `default.api.timeout.ms` has passed.
    public func listOffsets(
        _ specs: [TopicPartition: OffsetSpec],
        isReadCommitted: Bool = false
    ) async throws(KafkaError) -> [TopicPartition: Result<ListedOffset, KafkaError>] {
        let timeoutMs = timeoutMs
        return try await atLeaders(specs.keys, call: "listOffsets(api=METADATA)") { partitions, version in
            var request = AdminClient.request(partitions, specs)
            if version >= 10 { request.timeoutMs = timeoutMs }
            if version >= 2 { request.isolationLevel = isReadCommitted ? 1 : 0 }
            return request
        } read: { (response: ListOffsetsResponse) in
            response.topics.flatMap { topic in
                topic.partitions.map { partition in
                    let found = ListedOffset(
                        offset: partition.offset,
                        timestamp: partition.timestamp,
                        leaderEpoch: partition.leaderEpoch
                    )
                    return (TopicPartition(topic.name, partition.partitionIndex), partition.errorCode, found)
                }
            }
        }
    }

    /// Deletes the records before an offset of each partition; offset -1 stands for the high watermark. What comes back
    /// are the low watermarks: the first offsets that are left. See KIP-107.
    public func deleteRecords(
        before offsets: [TopicPartition: Offset]
    ) async throws(KafkaError) -> [TopicPartition: Result<Offset, KafkaError>] {
        let timeoutMs = timeoutMs
        return try await atLeaders(offsets.keys, call: "deleteRecords(api=METADATA)") { partitions, _ in
            var request = DeleteRecordsRequest()
            request.timeoutMs = timeoutMs
            for (name, group) in AdminClient.byTopic(partitions) {
                var topic = DeleteRecordsRequest.DeleteRecordsTopic()
                topic.name = name
                topic.partitions = group.map { place in
                    var partition = DeleteRecordsRequest.DeleteRecordsPartition()
                    partition.partitionIndex = place.id.partition
                    partition.offset = offsets[place.id] ?? -1
                    return partition
                }
                request.topics.append(topic)
            }
            return request
        } read: { (response: DeleteRecordsResponse) in
            response.topics.flatMap { topic in
                topic.partitions.map {
                    (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode, $0.lowWatermark)
                }
            }
        }
    }

    private static func request(
        _ partitions: [PartitionAtLeader],
        _ specs: [TopicPartition: OffsetSpec]
    ) -> ListOffsetsRequest {
        var request = ListOffsetsRequest()
        request.replicaId = .none
        for (name, group) in byTopic(partitions) {
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = group.map { place in
                var partition = ListOffsetsRequest.ListOffsetsPartition()
                partition.partitionIndex = place.id.partition
                partition.currentLeaderEpoch = place.leaderEpoch
                partition.timestamp = Timestamp(specs[place.id]?.rawValue ?? -1)
                return partition
            }
            request.topics.append(topic)
        }
        return request
    }

    private static func byTopic(_ partitions: [PartitionAtLeader]) -> [(key: TopicName, value: [PartitionAtLeader])] {
        Dictionary(grouping: partitions, by: \.id.topic).sorted { $0.key < $1.key }
    }
}
