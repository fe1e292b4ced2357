import KafkaClient
import KafkaProtocol
import Records

/// A consumer that reads everything, commits, and stays in its group until it is stopped: what the recording ran in the
/// background.
struct GroupMember: Sendable {
    /// Ends it.
    let stop: @Sendable () async throws -> Void

    /// Starts a member with the console consumer's arguments, and waits until it has committed all there is.
    static func start(_ arguments: [String], at address: String) async throws -> GroupMember {
        func value(_ name: String) -> String {
            arguments.firstIndex(of: name).map { arguments[$0 + 1] } ?? ""
        }
        let properties = arguments.indices.filter { arguments[$0] == "--consumer-property" }.map { arguments[$0 + 1] }
        func property(_ name: String) -> String? {
            properties.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        let client = KafkaClient(
            try ClientConfiguration(properties: [
                "bootstrap.servers": address, "client.id": property("client.id") ?? "console-consumer",
            ])
        )
        let (group, topic) = (GroupID(value("--group")), TopicName(value("--topic")))
        if property("group.protocol") == "consumer" { return try await joined(group, topic, client) }
        return try await classic(group, topic, client)
    }

    private static func classic(_ group: GroupID, _ topic: TopicName, _ client: KafkaClient) async throws -> GroupMember
    {
        var configuration = ConsumerConfiguration(groupID: group)
        configuration.autoOffsetReset = .earliest
        let consumer = try Consumer(client, configuration)
        try consumer.subscribe([topic])
        let ends = try await ends(of: topic, client)
        var committed: [TopicPartition: Offset] = [:]
        while committed != ends {
            _ = try await consumer.poll(timeout: .milliseconds(200))
            for id in ends.keys where try consumer.currentLag(of: id) == 0 { committed[id] = ends[id] }
        }
        try await consumer.commit()
        return GroupMember {
            try await consumer.close()
            await client.close()
        }
    }

    /// A member by KIP-848, as far as it takes to be seen: its heartbeats end with its assignment, so the broker's
    /// session timeout has to be long.
    private static func joined(_ group: GroupID, _ topic: TopicName, _ client: KafkaClient) async throws -> GroupMember
    {
        var join = ConsumerGroupHeartbeatRequest(groupId: group)
        var generator = SystemRandomNumberGenerator()
        join.memberId = MemberID(KafkaUUID.random(using: &generator).description)
        join.rebalanceTimeoutMs = 300_000
        join.subscribedTopicNames = [topic]
        join.topicPartitions = []
        let id = join.memberId
        var answer = try await client.send(join, to: .group(group))
        var beat = ConsumerGroupHeartbeatRequest(groupId: group)
        beat.memberId = id
        while answer.assignment?.topicPartitions.isEmpty ?? true {
            beat.memberEpoch = answer.memberEpoch
            answer = try await client.send(beat, to: .group(group))
        }
        beat.memberEpoch = answer.memberEpoch
        beat.topicPartitions = answer.assignment?.topicPartitions.map {
            ConsumerGroupHeartbeatRequest.TopicPartitions(topicId: $0.topicId, partitions: $0.partitions)
        }
        _ = try await client.send(beat, to: .group(group))
        try await commit(group, id, answer.memberEpoch, try await ends(of: topic, client), client)
        return GroupMember {
            var leave = ConsumerGroupHeartbeatRequest(groupId: group)
            leave.memberId = id
            leave.memberEpoch = -1
            _ = try await client.send(leave, to: .group(group))
            await client.close()
        }
    }

    private static func ends(of topic: TopicName, _ client: KafkaClient) async throws -> [TopicPartition: Offset] {
        let admin = AdminClient(client)
        let described = try await admin.describeTopics([topic])
        var specs: [TopicPartition: OffsetSpec] = [:]
        for partition in try described[topic]?.get().partitions ?? [] {
            specs[TopicPartition(topic, partition.index)] = .latest
        }
        var ends: [TopicPartition: Offset] = [:]
        for (id, result) in try await admin.listOffsets(specs) { ends[id] = try result.get().offset }
        return ends
    }

    private static func commit(
        _ group: GroupID,
        _ member: MemberID,
        _ epoch: Int32,
        _ offsets: [TopicPartition: Offset],
        _ client: KafkaClient
    ) async throws {
        _ = try await client.send(to: .group(group), limit: 9) { _ -> OffsetCommitRequest in
            var request = OffsetCommitRequest()
            request.groupId = group
            request.memberId = member
            request.generationIdOrMemberEpoch = epoch
            request.topics = Dictionary(grouping: offsets, by: \.key.topic).map { name, offsets in
                var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
                topic.name = name
                topic.partitions = offsets.map { id, offset in
                    var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
                    partition.partitionIndex = id.partition
                    partition.committedOffset = offset
                    return partition
                }
                return topic
            }
            return request
        }
    }
}
