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
    public func listOffsets(
        _ specs: [TopicPartition: OffsetSpec],
        isReadCommitted: Bool = false
    ) async throws(KafkaError) -> [TopicPartition: Result<ListedOffset, KafkaError>] {
        let topics = Array(Set(specs.keys.map(\.topic))).sorted()
        var results: [TopicPartition: Result<ListedOffset, KafkaError>] = [:]
        var open = Set(specs.keys)
        // Twice: the second time with fresh metadata, for partitions whose leader had moved.
        for _ in 0..<2 where !open.isEmpty {
            let metadata = try await client.metadata(for: topics)
            for (leader, partitions) in AdminClient.byLeader(open, metadata) {
                let request = AdminClient.request(partitions, specs, metadata, isReadCommitted)
                let timeoutMs = timeoutMs
                let response = try await client.send(to: .broker(leader)) { version -> ListOffsetsRequest in
                    var request = request
                    if version >= 10 { request.timeoutMs = timeoutMs }
                    if version < 2 { request.isolationLevel = 0 }
                    return request
                }
                for topic in response.topics {
                    for partition in topic.partitions {
                        let id = TopicPartition(topic.name, partition.partitionIndex)
                        if !partition.errorCode.isStaleMetadata { open.remove(id) }
                        results[id] = AdminClient.result(partition)
                    }
                }
            }
            if !open.isEmpty { client.refreshMetadata() }
        }
        for id in open where results[id] == nil {
            results[id] = .failure(KafkaError(.leaderNotAvailable, "The leader of \(id) is not known."))
        }
        return results
    }

    private static func byLeader(
        _ partitions: Set<TopicPartition>,
        _ metadata: ClusterMetadata
    ) -> [BrokerID: [TopicPartition]] {
        var groups: [BrokerID: [TopicPartition]] = [:]
        for partition in partitions.sorted() {
            guard let leader = metadata.leader(of: partition) else { continue }
            groups[leader.id, default: []].append(partition)
        }
        return groups
    }

    private static func request(
        _ partitions: [TopicPartition],
        _ specs: [TopicPartition: OffsetSpec],
        _ metadata: ClusterMetadata,
        _ isReadCommitted: Bool
    ) -> ListOffsetsRequest {
        var request = ListOffsetsRequest()
        request.replicaId = .none
        request.isolationLevel = isReadCommitted ? 1 : 0
        for (name, group) in Dictionary(grouping: partitions, by: \.topic).sorted(by: { $0.key < $1.key }) {
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = group.map { id in
                var partition = ListOffsetsRequest.ListOffsetsPartition()
                partition.partitionIndex = id.partition
                partition.currentLeaderEpoch = metadata.partition(id)?.leaderEpoch ?? .none
                partition.timestamp = Timestamp(specs[id]?.rawValue ?? -1)
                return partition
            }
            request.topics.append(topic)
        }
        return request
    }

    private static func result(
        _ partition: ListOffsetsResponse.ListOffsetsPartitionResponse
    ) -> Result<ListedOffset, KafkaError> {
        guard partition.errorCode == .none else { return .failure(KafkaError(partition.errorCode)) }
        return .success(
            ListedOffset(
                offset: partition.offset,
                timestamp: partition.timestamp,
                leaderEpoch: partition.leaderEpoch
            )
        )
    }
}
