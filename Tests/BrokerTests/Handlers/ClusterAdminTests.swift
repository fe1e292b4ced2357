import KafkaProtocol
import Records
import Testing

@testable import Broker

/// What a broker that stands alone answers about its quorum, leaders, moves, access and telemetry.
@Suite struct ClusterAdminTests {
    @Test func `the metadata quorum is this node`() async throws {
        let broker = try await TestBroker([
            "process.roles": "broker,controller", "controller.listener.names": "CONTROLLER",
            "listeners": "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:9093",
            "controller.quorum.voters": "1@127.0.0.1:9093",
        ])
        func ask(_ topic: TopicName, _ partition: PartitionIndex, version: Int16 = 2) async throws
            -> DescribeQuorumResponse
        {
            let request = DescribeQuorumRequest(topics: [
                .init(topicName: topic, partitions: [.init(partitionIndex: partition)])
            ])
            return try await broker.send(request, version: version)
        }
        for version in DescribeQuorumRequest.versions {
            let response = try await ask("__cluster_metadata", 0, version: version)
            let partition = try #require(response.topics.first?.partitions.first)
            #expect(partition.errorCode == .none && partition.leaderId == 1 && partition.leaderEpoch == 1)
            #expect(partition.currentVoters.map(\.replicaId) == [1])
            #expect(partition.currentVoters.first?.logEndOffset == partition.highWatermark)
            #expect(partition.highWatermark > 0 && partition.observers.isEmpty)
            #expect(response.nodes.flatMap(\.listeners).map(\.port) == (version >= 2 ? [9093] : []))
        }
        let wrong = try await ask("orders", 0)
        #expect(wrong.topics.first?.partitions.first?.errorCode == .unknownTopicOrPartition)
        try await broker.stop()
    }

    @Test func `no election is needed where the only replica leads`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders", partitions: 2)
        for version in ElectLeadersRequest.versions {
            for type in version == 0 ? [Int8(0)] : [0, 1] {
                let request = ElectLeadersRequest(
                    electionType: type,
                    topicPartitions: [
                        .init(topic: "orders", partitions: [0, 7]), .init(topic: "gone", partitions: [0]),
                    ]
                )
                let results = try await broker.send(request, version: version).replicaElectionResults
                #expect(results.map(\.topic) == ["orders", "gone"])
                let partitions = results.flatMap(\.partitionResult)
                #expect(
                    partitions.map(\.errorCode) == [
                        .electionNotNeeded, .unknownTopicOrPartition, .unknownTopicOrPartition,
                    ]
                )
                #expect(
                    partitions.map(\.errorMessage) == [
                        "Leader election not needed for topic partition.", "No such partition as orders-7",
                        "No such topic as gone",
                    ]
                )
            }
        }
        let all = try await broker.send(ElectLeadersRequest(topicPartitions: nil))
        #expect(all.errorCode == .none && all.replicaElectionResults.map(\.topic) == ["orders"])
        #expect(all.replicaElectionResults.allSatisfy { $0.partitionResult.isEmpty })
        #expect(try await broker.send(ElectLeadersRequest(electionType: 5)).errorCode == .invalidRequest)
        try await broker.stop()
    }

    @Test func `a partition stays where it is`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let wishes: [(TopicName, PartitionIndex, [BrokerID]?, ErrorCode)] = [
            ("orders", 0, [1], .none), ("orders", 0, nil, .noReassignmentInProgress),
            ("orders", 0, [2], .invalidReplicaAssignment), ("orders", 0, [1, 1], .invalidReplicaAssignment),
            ("orders", 0, [], .invalidReplicaAssignment), ("orders", 1, [1], .unknownTopicOrPartition),
            ("gone", 0, [1], .unknownTopicOrPartition),
        ]
        for version in AlterPartitionReassignmentsRequest.versions {
            let request = AlterPartitionReassignmentsRequest(
                topics: wishes.map { wish in
                    .init(name: wish.0, partitions: [.init(partitionIndex: wish.1, replicas: wish.2)])
                }
            )
            let response = try await broker.send(request, version: version)
            #expect(response.errorCode == .none)
            #expect(response.responses.flatMap { $0.partitions.map(\.errorCode) } == wishes.map { $0.3 })
        }
        for topics in [nil, [ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics(name: "orders")]] {
            let listed = try await broker.send(ListPartitionReassignmentsRequest(topics: topics))
            #expect(listed.errorCode == .none && listed.topics.isEmpty)
        }
        for version in AlterReplicaLogDirsRequest.versions {
            let request = AlterReplicaLogDirsRequest(dirs: [
                .init(path: "/data", topics: [.init(name: "orders", partitions: [0, 3])]),
                .init(path: "/nowhere", topics: [.init(name: "orders", partitions: [0])]),
            ])
            let codes = try await broker.send(request, version: version).results.flatMap(\.partitions).map(\.errorCode)
            #expect(codes == [.none, .unknownTopicOrPartition, .logDirNotFound])
        }
        try await broker.stop()
    }

    @Test func `the quorum's members are fixed, and this broker is not forgotten`() async throws {
        let broker = try await TestBroker()
        let directory = KafkaUUID(high: 1, low: 1)
        for version in AddRaftVoterRequest.versions {
            let request = AddRaftVoterRequest(clusterId: nil, voterId: 2, voterDirectoryId: directory)
            #expect(try await broker.send(request, version: version).errorCode == .unsupportedVersion)
        }
        let removal = RemoveRaftVoterRequest(clusterId: nil, voterId: 1, voterDirectoryId: directory)
        #expect(try await broker.send(removal).errorCode == .unsupportedVersion)
        let elsewhere = RemoveRaftVoterRequest(clusterId: "other", voterId: 1, voterDirectoryId: directory)
        #expect(try await broker.send(elsewhere).errorCode == .inconsistentClusterId)
        #expect(try await broker.send(UnregisterBrokerRequest(brokerId: 9)).errorCode == .brokerIdNotRegistered)
        #expect(try await broker.send(UnregisterBrokerRequest(brokerId: 1)).errorCode == .invalidRequest)
        #expect(try await broker.send(DescribeClusterRequest()).brokers.map(\.brokerId) == [1])
        try await broker.stop()
    }

    @Test func `a client that wants to authenticate is told that nobody does here`() async throws {
        let broker = try await TestBroker()
        for version in SaslHandshakeRequest.versions {
            let response = try await broker.send(SaslHandshakeRequest(mechanism: "PLAIN"), version: version)
            #expect(response.errorCode == .illegalSaslState && response.mechanisms.isEmpty)
        }
        for version in SaslAuthenticateRequest.versions {
            let response = try await broker.send(SaslAuthenticateRequest(), version: version)
            #expect(response.errorCode == .illegalSaslState)
        }
        try await broker.stop()
    }

    @Test func `access rules and tokens are refused in every version`() async throws {
        let broker = try await TestBroker()
        for version in DescribeAclsRequest.versions {
            #expect(try await broker.send(DescribeAclsRequest(), version: version).errorCode == .securityDisabled)
        }
        for version in CreateAclsRequest.versions {
            let request = CreateAclsRequest(creations: [.init(resourceType: 2, resourceName: "t", principal: "User:a")])
            #expect(
                try await broker.send(request, version: version).results.map(\.errorCode) == [.securityDisabled]
            )
        }
        for version in DeleteAclsRequest.versions {
            let request = DeleteAclsRequest(filters: [.init(resourceTypeFilter: 2)])
            let results = try await broker.send(request, version: version).filterResults
            #expect(results.map(\.errorCode) == [.securityDisabled])
        }
        let refused = ErrorCode.delegationTokenRequestNotAllowed
        for version in CreateDelegationTokenRequest.versions {
            #expect(try await broker.send(CreateDelegationTokenRequest(), version: version).errorCode == refused)
        }
        for version in RenewDelegationTokenRequest.versions {
            #expect(try await broker.send(RenewDelegationTokenRequest(), version: version).errorCode == refused)
        }
        for version in ExpireDelegationTokenRequest.versions {
            #expect(try await broker.send(ExpireDelegationTokenRequest(), version: version).errorCode == refused)
        }
        for version in DescribeDelegationTokenRequest.versions {
            #expect(try await broker.send(DescribeDelegationTokenRequest(), version: version).errorCode == refused)
        }
        try await broker.stop()
    }

    @Test func `telemetry is asked for and taken as subscriptions say`() async throws {
        let broker = try await TestBroker(["telemetry.max.bytes": "100"])
        let nothing = try await broker.send(GetTelemetrySubscriptionsRequest())
        #expect(nothing.errorCode == .none && nothing.requestedMetrics.isEmpty && nothing.pushIntervalMs == 300_000)
        #expect(nothing.clientInstanceId != .zero && nothing.telemetryMaxBytes == 100)
        #expect(nothing.acceptedCompressionTypes == [4, 3, 1, 2])
        let configs: [(String, String)] = [
            ("metrics", "org.apache.kafka.producer."), ("interval.ms", "60000"), ("match", "client_id=te.t"),
        ]
        let change = IncrementalAlterConfigsRequest(resources: [
            .init(
                resourceType: 16,
                resourceName: "m",
                configs: configs.map { .init(name: $0.0, configOperation: 0, value: $0.1) }
            )
        ])
        #expect(try await broker.send(change).responses.map(\.errorCode) == [.none])
        let request = GetTelemetrySubscriptionsRequest(clientInstanceId: nothing.clientInstanceId)
        let subscription = try await broker.send(request)
        #expect(subscription.requestedMetrics == ["org.apache.kafka.producer."])
        #expect(subscription.pushIntervalMs == 60_000 && subscription.clientInstanceId == nothing.clientInstanceId)
        let other = try await broker.send(GetTelemetrySubscriptionsRequest(), clientID: "another")
        #expect(other.requestedMetrics.isEmpty)
        func push(_ id: Int32, _ bytes: Int) async throws -> ErrorCode {
            try await broker.send(
                PushTelemetryRequest(
                    clientInstanceId: subscription.clientInstanceId,
                    subscriptionId: id,
                    metrics: Bytes([UInt8](repeating: 0, count: bytes))
                )
            ).errorCode
        }
        #expect(try await push(subscription.subscriptionId, 100) == .none)
        #expect(try await push(subscription.subscriptionId, 100) == .throttlingQuotaExceeded)
        try await broker.stop()
    }

    @Test func `without an authorizer everybody may do everything, and is told so`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        let cluster = DescribeClusterRequest(includeClusterAuthorizedOperations: true)
        #expect(try await broker.send(cluster).clusterAuthorizedOperations == 8096)
        #expect(try await broker.send(DescribeClusterRequest()).clusterAuthorizedOperations == .min)
        let metadata = MetadataRequest(
            topics: nil,
            includeClusterAuthorizedOperations: true,
            includeTopicAuthorizedOperations: true
        )
        for version in Int16(8)...13 {
            var request = metadata
            if version > 10 { request.includeClusterAuthorizedOperations = false }
            let response = try await broker.send(request, version: version)
            #expect(response.topics.map(\.topicAuthorizedOperations) == [3576])
            #expect(response.clusterAuthorizedOperations == (version <= 10 ? 8096 : .min))
        }
        let plain = try await broker.send(MetadataRequest(topics: nil))
        #expect(plain.topics.map(\.topicAuthorizedOperations) == [.min])
        let described = try await broker.send(DescribeTopicPartitionsRequest(topics: [.init(name: "orders")]))
        #expect(described.topics.map(\.topicAuthorizedOperations) == [3576])
        _ = try await broker.send(FindCoordinatorRequest(keyType: 0, coordinatorKeys: ["g"]))
        let groups = DescribeGroupsRequest(groups: ["g"], includeAuthorizedOperations: true)
        #expect(try await broker.send(groups, version: 5).groups.map(\.authorizedOperations) == [3400])
        try await broker.stop()
    }
}
