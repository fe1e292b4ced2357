import KafkaProtocol
import Records
import Testing

@testable import Broker

/// Every API is asked in every version that it is served in; an answer that its version cannot hold would close the
/// connection.
@Suite struct EveryVersionTests {
    private func ask<R: KafkaRequest>(
        _: R.Type,
        _ broker: TestBroker,
        _ request: (Int16) -> R,
        check: (R.Response, Int16) -> Void = { _, _ in }
    ) async throws {
        for version in R.versions {
            let response = try await broker.send(request(version), version: version)
            check(response, version)
        }
    }

    @Test func `Metadata`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("orders", partitions: 3)
        try await ask(MetadataRequest.self, broker) { version in
            MetadataRequest(topics: version == 0 ? [] : nil)
        } check: { response, version in
            #expect(response.topics.map(\.name) == ["orders"], "version \(version)")
            #expect(response.topics.first?.partitions.count == 3)
            #expect(response.topics.first?.topicId == (version >= 10 ? id : .none))
        }
        try await ask(MetadataRequest.self, broker) { version in
            let unknown = MetadataRequest.MetadataRequestTopic(topicId: TopicID(KafkaUUID(high: 1, low: 2)), name: nil)
            return MetadataRequest(
                topics: [version >= 10 ? unknown : .init(name: "no name")],
                allowAutoTopicCreation: true
            )
        } check: { response, version in
            let expected: ErrorCode =
                switch version {
                case 12...: .unknownTopicId
                case 10...: .invalidRequest
                default: .invalidTopicException
                }
            #expect(response.topics.first?.errorCode == expected, "version \(version)")
        }
        try await broker.stop()
    }

    @Test func `Produce and Fetch`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("orders")
        var written: [String] = []
        for version in ProduceRequest.versions {
            let topic = ProduceRequest.TopicProduceData(
                name: version >= 13 ? "" : "orders",
                topicId: version >= 13 ? id : .none,
                partitionData: [.init(index: 0, records: RecordsPayload(try batch(["v\(version)"])))]
            )
            let response = try await broker.send(
                ProduceRequest(acks: -1, timeoutMs: 1000, topicData: [topic]),
                version: version
            )
            let partition = try #require(response.responses.first?.partitionResponses.first)
            #expect(partition.errorCode == ErrorCode.none, "version \(version)")
            #expect(partition.baseOffset == Offset(Int64(written.count)))
            written.append("v\(version)")
        }
        for version in FetchRequest.versions {
            let topic = FetchRequest.FetchTopic(
                topic: version >= 13 ? "" : "orders",
                topicId: version >= 13 ? id : .none,
                partitions: [.init(partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20)]
            )
            let response = try await broker.send(
                FetchRequest(maxWaitMs: 0, minBytes: 1, isolationLevel: 1, topics: [topic]),
                version: version
            )
            let data = try #require(response.responses.first?.partitions.first)
            #expect(data.errorCode == ErrorCode.none, "version \(version)")
            #expect(data.highWatermark == Offset(Int64(written.count)))
            let records = try RecordBatch.batches(in: try #require(data.records).load()).all().flatMap {
                try $0.records()
            }
            #expect(records.compactMap { $0.value?.utf8 } == written)
        }
        try await broker.stop()
    }

    @Test func `ListOffsets, with each special timestamp from its version on`() async throws {
        let broker = try await TestBroker()
        try await broker.createTopic("orders")
        _ = try await broker.produce(["a", "b", "c"], to: "orders")
        let special: [(timestamp: Int64, since: Int16, offset: Int64)] = [
            (-1, 1, 3), (-2, 1, 0), (-3, 7, 0), (-4, 8, 0), (-5, 9, -1), (-6, 11, -1), (0, 1, 0), (1000, 1, 0),
            (1001, 1, -1),
        ]
        for (timestamp, since, offset) in special {
            try await ask(ListOffsetsRequest.self, broker) { _ in
                ListOffsetsRequest(
                    replicaId: -1,
                    topics: [
                        .init(name: "orders", partitions: [.init(partitionIndex: 0, timestamp: Timestamp(timestamp))])
                    ]
                )
            } check: { response, version in
                let answer = response.topics.first?.partitions.first
                #expect(
                    answer?.errorCode == (version >= since ? ErrorCode.none : .unsupportedVersion),
                    "\(timestamp) in \(version)"
                )
                #expect(answer?.offset == Offset(version >= since ? offset : -1), "\(timestamp) in version \(version)")
            }
        }
        try await broker.stop()
    }

    @Test func `topics and configs`() async throws {
        let broker = try await TestBroker()
        try await ask(CreateTopicsRequest.self, broker) { version in
            CreateTopicsRequest(topics: [.init(name: TopicName("t\(version)"), numPartitions: 1, replicationFactor: 1)])
        } check: { response, version in
            #expect(response.topics.first?.errorCode == ErrorCode.none, "version \(version)")
            if version >= 5 { #expect(response.topics.first?.configs?.isEmpty == false) }
        }
        try await ask(CreatePartitionsRequest.self, broker) { version in
            CreatePartitionsRequest(topics: [.init(name: "t2", count: Int32(version) + 2, assignments: nil)])
        } check: { response, _ in
            #expect(response.results.first?.errorCode == ErrorCode.none)
        }
        try await ask(DescribeConfigsRequest.self, broker) { version in
            DescribeConfigsRequest(
                resources: [
                    .init(resourceType: 2, resourceName: "t2", configurationKeys: nil),
                    .init(resourceType: 4, resourceName: "1", configurationKeys: ["num.partitions"]),
                ],
                includeSynonyms: true,
                includeDocumentation: version >= 3
            )
        } check: { response, _ in
            #expect(response.results.map(\.errorCode) == [ErrorCode.none, .none])
            #expect(response.results.last?.configs.map(\.name) == ["num.partitions"])
        }
        try await ask(AlterConfigsRequest.self, broker) { _ in
            AlterConfigsRequest(
                resources: [
                    .init(resourceType: 2, resourceName: "t2", configs: [.init(name: "retention.ms", value: "5")])
                ])
        } check: { response, _ in
            #expect(response.responses.first?.errorCode == ErrorCode.none)
        }
        try await ask(IncrementalAlterConfigsRequest.self, broker) { _ in
            IncrementalAlterConfigsRequest(
                resources: [
                    .init(
                        resourceType: 2,
                        resourceName: "t2",
                        configs: [.init(name: "cleanup.policy", configOperation: 2, value: "compact")]
                    )
                ])
        } check: { response, _ in
            #expect(response.responses.first?.errorCode == ErrorCode.none)
        }
        try await ask(DeleteTopicsRequest.self, broker) { version in
            let name = TopicName("t\(version + 1)")
            return version >= 6
                ? DeleteTopicsRequest(topics: [.init(name: name)], timeoutMs: 1000)
                : DeleteTopicsRequest(topicNames: [name], timeoutMs: 1000)
        } check: { response, version in
            #expect(response.responses.first?.errorCode == ErrorCode.none, "version \(version)")
        }
        try await broker.stop()
    }

    @Test func `the rest`() async throws {
        let broker = try await TestBroker()
        let id = try await broker.createTopic("orders", configs: ["retention.ms": "-1"])
        _ = try await broker.produce(["a", "b"], to: "orders")
        try await ask(ApiVersionsRequest.self, broker) { _ in
            ApiVersionsRequest(clientSoftwareName: "test", clientSoftwareVersion: "1.0")
        } check: { response, _ in
            #expect(response.errorCode == .none && !response.apiKeys.isEmpty)
        }
        try await ask(DescribeClusterRequest.self, broker) { _ in
            DescribeClusterRequest()
        } check: { response, _ in
            #expect(response.brokers.map(\.brokerId) == [1] && response.clusterId == broker.server.clusterID)
        }
        try await ask(OffsetForLeaderEpochRequest.self, broker) { _ in
            OffsetForLeaderEpochRequest(topics: [
                .init(topic: "orders", partitions: [.init(partition: 0, leaderEpoch: 0)])
            ])
        } check: { response, _ in
            #expect(response.topics.first?.partitions.first?.endOffset == 2)
        }
        try await ask(DescribeLogDirsRequest.self, broker) { _ in
            DescribeLogDirsRequest(topics: nil)
        } check: { response, _ in
            #expect(response.results.map(\.logDir) == ["/data"])
            #expect(response.results.first?.topics.map(\.name) == ["orders"])
        }
        try await ask(ListConfigResourcesRequest.self, broker) { _ in
            ListConfigResourcesRequest()
        } check: { response, version in
            #expect(response.configResources.contains { $0.resourceName == "orders" } == (version >= 1))
        }
        try await ask(DescribeTopicPartitionsRequest.self, broker) { _ in
            DescribeTopicPartitionsRequest(topics: [.init(name: "orders")])
        } check: { response, _ in
            #expect(response.topics.first?.topicId == id)
        }
        try await ask(DeleteRecordsRequest.self, broker) { _ in
            DeleteRecordsRequest(topics: [.init(name: "orders", partitions: [.init(partitionIndex: 0, offset: 1)])])
        } check: { response, _ in
            #expect(response.topics.first?.partitions.first?.lowWatermark == 1)
        }
        #expect(try await broker.fetch("orders", from: 1) == ["b"])
        try await broker.stop()
    }

    @Test func `quotas`() async throws {
        let broker = try await TestBroker()
        try await ask(AlterClientQuotasRequest.self, broker) { version in
            AlterClientQuotasRequest(entries: [
                .init(
                    entity: [.init(entityType: "user", entityName: "u")],
                    ops: [.init(key: "producer_byte_rate", value: Double(version + 1))]
                )
            ])
        } check: { response, _ in
            #expect(response.entries.map(\.errorCode) == [ErrorCode.none])
        }
        try await ask(DescribeClientQuotasRequest.self, broker) { _ in
            DescribeClientQuotasRequest()
        } check: { response, _ in
            #expect(response.entries?.first?.values.map(\.value) == [2])
        }
        try await broker.stop()
    }
}
