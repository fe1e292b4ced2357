import Broker
import CommitLog
import KafkaProtocol
import Logging
import Records
import Testing
import Transport

/// A broker of this process with its disk in memory, and a connection to it.
struct GroupTestBroker {
    let server: BrokerServer
    let disk: MemoryFileSystem
    let transport: any ClientTransport

    /// Starts a broker on `disk`. Groups form at once: no initial delay.
    static func start(
        _ properties: [String: String] = [:],
        on disk: MemoryFileSystem = MemoryFileSystem()
    ) async throws -> GroupTestBroker {
        let base = [
            "log.dirs": "/logs", "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "3",
            "log.initial.task.delay.ms": "86400000",
        ]
        let configuration = try BrokerConfiguration(properties: base.merging(properties) { _, new in new })
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = BrokerServer(configuration, access: .processOnly, fileSystem: disk, logger: logger)
        try await server.start()
        return GroupTestBroker(server: server, disk: disk, transport: try #require(server.inProcessTransport))
    }

    func connect() async throws -> GroupTestClient {
        GroupTestClient(connection: try await transport.connect(to: NetworkAddress(host: "broker", port: 9092)))
    }

    /// Stops the broker, and starts another one on its disk.
    func restarted() async throws -> GroupTestBroker {
        try await server.stop()
        return try await GroupTestBroker.start(on: disk)
    }
}

/// Sends requests of any version and decodes their answers.
struct GroupTestClient: Sendable {
    let connection: any ClientConnection

    func send<R: KafkaRequest>(_ request: R, version: Int16? = nil) async throws -> R.Response {
        let version = version ?? R.versions.upperBound
        let frame = try request.frame(version: version, correlationID: 7, clientID: "tester")
        let reply = try await connection.roundTrip(frame)
        let (header, body) = try ResponseHeader.decode(reply, for: R.apiKey, version)
        #expect(header.correlationID == 7)
        return try R.Response.decode(body, version: version)
    }

    /// Makes the group topic and names the coordinator.
    func findCoordinator(of group: String = "g") async throws -> FindCoordinatorResponse.Coordinator {
        try #require(try await send(FindCoordinatorRequest(coordinatorKeys: [group])).coordinators.first)
    }

    func createTopic(_ name: TopicName, partitions: Int32 = 2) async throws {
        let topic = CreateTopicsRequest.CreatableTopic(name: name, numPartitions: partitions, replicationFactor: 1)
        let response = try await send(CreateTopicsRequest(topics: [topic]))
        #expect(response.topics.map(\.errorCode) == [.none])
    }

    func join(_ memberID: MemberID = "", instanceID: String? = nil, version: Int16 = 9) async throws
        -> JoinGroupResponse
    {
        try await send(
            JoinGroupRequest(
                groupId: "g",
                sessionTimeoutMs: 10_000,
                rebalanceTimeoutMs: version == 0 ? -1 : 30_000,
                memberId: memberID,
                groupInstanceId: instanceID,
                protocolType: "consumer",
                protocols: [JoinGroupRequest.JoinGroupRequestProtocol(name: "range", metadata: Bytes(utf8: "meta"))]
            ),
            version: version
        )
    }

    /// Joins a group alone and assigns itself everything.
    func becomeStable(_ assignment: String = "all") async throws -> JoinGroupResponse {
        let given = try await join()
        #expect(given.errorCode == .memberIdRequired)
        let joined = try await join(given.memberId)
        let synced = try await sync(joined, [joined.memberId: assignment])
        #expect(synced.errorCode == .none)
        return joined
    }

    func sync(_ joined: JoinGroupResponse, _ assignments: [MemberID: String] = [:]) async throws -> SyncGroupResponse {
        try await send(
            SyncGroupRequest(
                groupId: "g",
                generationId: joined.generationId,
                memberId: joined.memberId,
                protocolType: "consumer",
                protocolName: "range",
                assignments: assignments.map {
                    SyncGroupRequest.SyncGroupRequestAssignment(memberId: $0.key, assignment: Bytes(utf8: $0.value))
                }
            )
        )
    }

    func heartbeat(_ joined: JoinGroupResponse, version: Int16 = 4) async throws -> ErrorCode {
        try await send(
            HeartbeatRequest(groupId: "g", generationId: joined.generationId, memberId: joined.memberId),
            version: version
        ).errorCode
    }

    func commit(
        _ topic: TopicName,
        _ offset: Offset,
        by joined: JoinGroupResponse? = nil,
        partition: PartitionIndex = 0,
        version: Int16 = 9
    ) async throws -> ErrorCode? {
        let entry = OffsetCommitRequest.OffsetCommitRequestPartition(
            partitionIndex: partition,
            committedOffset: offset,
            committedMetadata: "note"
        )
        return try await send(
            OffsetCommitRequest(
                groupId: "g",
                generationIdOrMemberEpoch: joined?.generationId ?? -1,
                memberId: joined?.memberId ?? "",
                topics: [OffsetCommitRequest.OffsetCommitRequestTopic(name: topic, partitions: [entry])]
            ),
            version: version
        ).topics.first?.partitions.first?.errorCode
    }

    func committed(_ topic: TopicName, version: Int16 = 9) async throws -> Offset? {
        if version < 8 {
            let asked = OffsetFetchRequest.OffsetFetchRequestTopic(name: topic, partitionIndexes: [0])
            return try await send(OffsetFetchRequest(groupId: "g", topics: [asked]), version: version)
                .topics.first?.partitions.first?.committedOffset
        }
        let asked = OffsetFetchRequest.OffsetFetchRequestTopics(name: topic, partitionIndexes: [0])
        let group = OffsetFetchRequest.OffsetFetchRequestGroup(groupId: "g", topics: [asked])
        return try await send(OffsetFetchRequest(groups: [group]), version: version)
            .groups.first?.topics.first?.partitions.first?.committedOffset
    }
}
