import CommitLog
import Foundation
import KafkaProtocol
import Records
import Testing

@testable import Broker

/// Our broker opens what Apache Kafka wrote and serves what Apache Kafka served.
@Suite(.serialized) struct `Folders of Apache Kafka` {
    private static func start(_ folder: ApacheFolder) async throws -> TestBroker {
        try await TestBroker(
            disk: RealFileSystem(),
            [
                "log.dirs": folder.logDirectory, "log.segment.bytes": "65536", "log.retention.ms": "-1",
                "log.index.size.max.bytes": "1048576", "offsets.topic.num.partitions": "3",
                "transaction.state.log.num.partitions": "3", "offsets.retention.minutes": "5256000",
                "transaction.max.timeout.ms": "2147483647", "producer.id.expiration.ms": "2147483647",
                // The folders' open transactions stay open, whenever this runs.
                "transaction.abort.timed.out.transaction.cleanup.interval.ms": "2147483647",
            ]
        )
    }

    @Test(arguments: ["clean", "kill"])
    func `topics, ids, configs, offsets, times, epochs, records and groups are what the official clients saw`(
        _ name: String
    ) async throws {
        let folder = try ApacheFolder(name)
        let broker = try await Self.start(folder)
        let manifest = folder.manifest
        try await checkCluster(broker, manifest)
        for (name, topic) in manifest.topics.sorted(by: { $0.key < $1.key }) {
            try await checkConfigs(broker, name, topic)
            for partition in topic.partitions {
                try await checkOffsets(broker, name, partition)
                try await checkProducers(broker, name, partition)
                try await checkRecords(broker, name, partition)
            }
        }
        try await checkGroups(broker, manifest)
        try await checkTransactions(broker, manifest)
        try await checkDynamicConfigs(broker, manifest)
        try await checkQuotasAndCredentials(broker, manifest)
        try await broker.stop()
    }

    @Test func `what is served after our own restarts, clean and not, is still the same`() async throws {
        let folder = try ApacheFolder("clean")
        for isClean in [true, false, true] {
            let broker = try await Self.start(folder)
            for (name, topic) in folder.manifest.topics {
                for partition in topic.partitions { try await checkRecords(broker, name, partition) }
            }
            try await checkGroups(broker, folder.manifest)
            try await broker.stop()
            if !isClean { #expect(try RealFileSystem().remove(folder.logDirectory + "/" + CleanShutdownFile.name)) }
        }
    }

    // MARK: Cluster

    private func checkCluster(_ broker: TestBroker, _ manifest: ApacheManifest) async throws {
        let metadata = try await broker.send(MetadataRequest(topics: nil))
        #expect(metadata.clusterId == manifest.clusterId)
        let found = metadata.topics.map { "\($0.name.map(\.rawValue) ?? "") \($0.topicId) \($0.isInternal)" }
        #expect(Set(found) == Set(manifest.topics.map { "\($0.key) \($0.value.topicId) \($0.value.internal)" }))
        for topic in metadata.topics {
            let expected = manifest.topics[topic.name?.rawValue ?? ""]?.partitions.count
            #expect(topic.partitions.count == expected)
        }
        let versions = try await broker.send(ApiVersionsRequest(clientSoftwareName: "t", clientSoftwareVersion: "1"))
        let features = versions.finalizedFeatures.map { ($0.name, $0.maxVersionLevel) }
        #expect(Dictionary(features) { $1 } == manifest.finalizedFeatures)
    }

    private func configs(
        _ broker: TestBroker,
        _ kind: Int8,
        _ name: String
    ) async throws -> [String: (value: String?, source: Int8)] {
        let request = DescribeConfigsRequest(
            resources: [.init(resourceType: kind, resourceName: name, configurationKeys: nil)]
        )
        let result = try #require(try await broker.send(request).results.first)
        #expect(result.errorCode == ErrorCode.none, "\(name)")
        return Dictionary(result.configs.map { ($0.name, ($0.value, $0.configSource)) }) { $1 }
    }

    private static let sources: [String: Int8] = [
        "DYNAMIC_TOPIC_CONFIG": 1, "DYNAMIC_BROKER_CONFIG": 2, "DYNAMIC_DEFAULT_BROKER_CONFIG": 3,
        "STATIC_BROKER_CONFIG": 4, "DEFAULT_CONFIG": 5, "DYNAMIC_CLIENT_METRICS_CONFIG": 7, "DYNAMIC_GROUP_CONFIG": 8,
    ]

    private func checkConfigs(_ broker: TestBroker, _ name: String, _ topic: ApacheManifest.Topic) async throws {
        let found = try await configs(broker, 2, name)
        for (key, config) in topic.configs where config.source != "DEFAULT_CONFIG" {
            #expect(found[key]?.value == config.value, "\(name) \(key)")
            #expect(found[key]?.source == Self.sources[config.source], "\(name) \(key)")
        }
    }

    private func checkDynamicConfigs(_ broker: TestBroker, _ manifest: ApacheManifest) async throws {
        let kinds: [Substring: Int8] = ["BROKER": 4, "CLIENT_METRICS": 16, "GROUP": 32]
        for (resource, expected) in manifest.dynamicConfigs {
            let parts = resource.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let found = try await configs(broker, try #require(kinds[parts[0]]), String(parts[1]))
            for (key, config) in expected {
                #expect(found[key]?.value == config.value, "\(resource) \(key)")
                #expect(found[key]?.source == Self.sources[config.source], "\(resource) \(key)")
            }
        }
    }

    private func checkQuotasAndCredentials(_ broker: TestBroker, _ manifest: ApacheManifest) async throws {
        let quotas = try await broker.send(DescribeClientQuotasRequest(components: [], strict: false)).entries ?? []
        let found = quotas.map { quota in
            ApacheManifest.Quota(
                entity: Dictionary(quota.entity.map { ($0.entityType, $0.entityName) }) { $1 },
                values: Dictionary(quota.values.map { ($0.key, $0.value) }) { $1 }
            )
        }
        #expect(Set(found) == Set(manifest.clientQuotas))
        let users = try await broker.send(DescribeUserScramCredentialsRequest(users: nil)).results
        let credentials = users.map { user in
            let infos = user.credentialInfos.map {
                "ScramCredentialInfo{mechanism=SCRAM_SHA_\($0.mechanism == 1 ? 256 : 512), iterations=\($0.iterations)}"
            }
            return (user.user, "[\(infos.joined(separator: ", "))]")
        }
        #expect(Dictionary(credentials) { $1 } == manifest.userScram)
    }

    // MARK: Offsets

    private func checkOffsets(
        _ broker: TestBroker,
        _ topic: String,
        _ partition: ApacheManifest.Partition
    ) async throws {
        let index = PartitionIndex(partition.partition)
        let place = "\(topic)-\(index)"
        func look(
            _ timestamp: Int64,
            committed: Bool
        ) async throws -> ListOffsetsResponse.ListOffsetsPartitionResponse {
            let request = ListOffsetsRequest(
                replicaId: .none,
                isolationLevel: committed ? 1 : 0,
                topics: [
                    .init(
                        name: TopicName(topic),
                        partitions: [.init(partitionIndex: index, timestamp: Timestamp(timestamp))]
                    )
                ]
            )
            let found = try #require(try await broker.send(request).topics.first?.partitions.first)
            #expect(found.errorCode == ErrorCode.none, "\(place)")
            return found
        }
        #expect(try await look(-2, committed: false).offset.rawValue == partition.logStartOffset, "\(place)")
        let latest = try await look(-1, committed: false)
        #expect(latest.offset.rawValue == partition.highWatermark, "\(place)")
        #expect(latest.leaderEpoch.rawValue == partition.latestLeaderEpoch, "\(place)")
        #expect(try await look(-1, committed: true).offset.rawValue == partition.lastStableOffset, "\(place)")
        let largest = try await look(-3, committed: false)
        #expect(largest.offset.rawValue == partition.maxTimestamp.offset, "\(place)")
        #expect(largest.timestamp.rawValue == partition.maxTimestamp.timestamp, "\(place)")
        for lookup in partition.offsetsForTimes {
            for (isCommitted, expected) in [(false, lookup.readUncommitted), (true, lookup.readCommitted)] {
                let found = try await look(lookup.time, committed: isCommitted)
                let context = "\(place) at \(lookup.time), committed \(isCommitted)"
                #expect(found.offset.rawValue == expected?.offset ?? -1, "\(context)")
                #expect(found.timestamp.rawValue == expected?.timestamp ?? -1, "\(context)")
                if let epoch = expected?.leaderEpoch { #expect(found.leaderEpoch.rawValue == epoch, "\(context)") }
            }
        }
    }

    // MARK: Records

    private func checkRecords(
        _ broker: TestBroker,
        _ topic: String,
        _ partition: ApacheManifest.Partition
    ) async throws {
        let all = try await read(broker, topic, partition, committed: false)
        #expect(all == partition.recordsReadUncommitted, "\(topic)-\(partition.partition)")
        let committed = try await read(broker, topic, partition, committed: true)
        #expect(committed.map(\.offset) == partition.readCommittedOffsets, "\(topic)-\(partition.partition)")
        #expect(Set(committed).isSubset(of: Set(all)))
    }

    /// As a consumer does: whole batches, without control records, and without those of aborted transactions.
    private func read(
        _ broker: TestBroker,
        _ topic: String,
        _ partition: ApacheManifest.Partition,
        committed: Bool
    ) async throws -> [ApacheManifest.Entry] {
        var entries: [ApacheManifest.Entry] = []
        var next = Offset(partition.logStartOffset)
        while true {
            let asked = FetchRequest.FetchPartition(
                partition: PartitionIndex(partition.partition),
                fetchOffset: next,
                partitionMaxBytes: 1 << 20
            )
            let request = FetchRequest(
                maxWaitMs: 0,
                minBytes: 0,
                isolationLevel: committed ? 1 : 0,
                topics: [.init(topic: TopicName(topic), partitions: [asked])]
            )
            let answer = try await broker.send(request, version: 12).responses.first?.partitions.first
            let data = try #require(answer)
            #expect(data.errorCode == ErrorCode.none)
            let batches = try RecordBatch.batches(in: try #require(data.records).load()).all()
            guard let last = batches.last else { return entries }
            var aborted = (data.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }[...]
            var abortedProducers: Set<ProducerID> = []
            for batch in batches {
                while let first = aborted.first, first.firstOffset <= batch.lastOffset {
                    abortedProducers.insert(first.producerId)
                    aborted.removeFirst()
                }
                if batch.isControl {
                    if case .abort = try ControlRecord(batch).kind { abortedProducers.remove(batch.producerID) }
                    continue
                }
                if committed, batch.isTransactional, abortedProducers.contains(batch.producerID) { continue }
                try batch.validateCRC()
                for record in try batch.records() where record.offset >= next { entries.append(entry(record, batch)) }
            }
            next = last.nextOffset
        }
    }

    private func entry(_ record: Record, _ batch: RecordBatch) -> ApacheManifest.Entry {
        func parts(_ bytes: Bytes?) -> (String?, String?) {
            guard let bytes else { return (nil, nil) }
            let text = bytes.utf8
            let isText = text.map { !$0.unicodeScalars.contains { $0.value < 32 } } ?? false
            return isText ? (text, nil) : (nil, bytes.withUnsafeBytes { Data($0) }.base64EncodedString())
        }
        let (key, keyB64) = parts(record.key)
        let (value, valueB64) = parts(record.value)
        return ApacheManifest.Entry(
            offset: record.offset.rawValue,
            timestamp: record.timestamp.rawValue,
            timestampType: batch.timestampType.name,
            key: key,
            keyB64: keyB64,
            value: value,
            valueB64: valueB64,
            leaderEpoch: batch.partitionLeaderEpoch.rawValue,
            headers: record.headers.map { .init(key: $0.key, value: $0.value?.utf8) }
        )
    }

    // MARK: Transactions

    private func checkProducers(
        _ broker: TestBroker,
        _ topic: String,
        _ partition: ApacheManifest.Partition
    ) async throws {
        guard let expected = partition.activeProducers else { return }
        let asked = DescribeProducersRequest.TopicRequest(
            name: TopicName(topic),
            partitionIndexes: [PartitionIndex(partition.partition)]
        )
        let answer = try await broker.send(DescribeProducersRequest(topics: [asked])).topics.first?.partitions.first
        let found = try #require(answer).activeProducers.map {
            ApacheManifest.Producer(
                producerId: $0.producerId.rawValue,
                producerEpoch: $0.producerEpoch,
                lastSequence: $0.lastSequence,
                lastTimestamp: $0.lastTimestamp.rawValue,
                coordinatorEpoch: $0.coordinatorEpoch,
                currentTransactionStartOffset: $0.currentTxnStartOffset.rawValue
            )
        }
        #expect(Set(expected).isSubset(of: found), "\(topic)-\(partition.partition)")
        // Apache Kafka forgets producers whose records bear a time of years ago when it starts; here they are kept.
        for other in Set(found).subtracting(expected) {
            #expect(other.lastTimestamp < 1_795_000_000_000, "\(topic)-\(partition.partition)")
            #expect(other.currentTransactionStartOffset == -1, "\(topic)-\(partition.partition)")
        }
    }

    private func checkTransactions(_ broker: TestBroker, _ manifest: ApacheManifest) async throws {
        let ids = try await broker.send(ListTransactionsRequest()).transactionStates.map(\.transactionalId)
        #expect(Set(ids.map(\.rawValue)) == Set(manifest.transactions.map(\.transactionalId)))
        let described = try await broker.send(DescribeTransactionsRequest(transactionalIds: ids)).transactionStates
        let found = described.map { state in
            ApacheManifest.Transaction(
                transactionalId: state.transactionalId.rawValue,
                producerId: state.producerId.rawValue,
                state: state.transactionState,
                producerEpoch: state.producerEpoch.rawValue,
                timeoutMs: state.transactionTimeoutMs,
                startTimeMs: state.transactionStartTimeMs.rawValue,
                topicPartitions: Set(
                    state.topics.flatMap { topic in topic.partitions.map { "\(topic.topic)-\($0)" } }
                )
            )
        }
        #expect(Set(found) == Set(manifest.transactions))
    }

    // MARK: Groups

    private func checkGroups(_ broker: TestBroker, _ manifest: ApacheManifest) async throws {
        let listed = try await broker.send(ListGroupsRequest()).groups
        #expect(
            Set(listed.map { "\($0.groupId) \($0.groupState) \($0.groupType)" })
                == Set(manifest.groups.map { "\($0.key) \($0.value.state) \($0.value.type.lowercased())" })
        )
        for (name, group) in manifest.groups {
            let request = OffsetFetchRequest(groups: [.init(groupId: GroupID(name), topics: nil)])
            let found = try #require(try await broker.send(request, version: 9).groups.first)
            let offsets = found.topics.flatMap { topic in
                topic.partitions.map {
                    ApacheManifest.Group.Committed(
                        topic: topic.name.rawValue,
                        partition: $0.partitionIndex.rawValue,
                        offset: $0.committedOffset.rawValue,
                        leaderEpoch: $0.committedLeaderEpoch.rawValue,
                        metadata: $0.metadata ?? ""
                    )
                }
            }
            #expect(Set(offsets) == Set(group.offsets), "\(name)")
        }
    }
}
