import Broker
import KafkaProtocol
import Records
import Testing

@Suite struct GroupRequestsTests {
    @Test func `the first question for a coordinator makes the topic and names this broker`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        for version in FindCoordinatorRequest.versions {
            let request =
                version < 4 ? FindCoordinatorRequest(key: "g") : FindCoordinatorRequest(coordinatorKeys: ["g", "h"])
            let response = try await client.send(request, version: version)
            let nodes = version < 4 ? [response.nodeId] : response.coordinators.map(\.nodeId)
            #expect(nodes.allSatisfy { $0 == 1 }, "version \(version)")
            #expect(response.errorCode == .none)
        }
        let described = try await client.send(
            MetadataRequest(topics: [MetadataRequest.MetadataRequestTopic(name: "__consumer_offsets")])
        )
        #expect(described.topics.first?.isInternal == true)
        #expect(described.topics.first?.partitions.count == 3)
        try await broker.server.stop()
    }

    @Test func `the coordinator of a transactional id is found, one of another kind is not`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        let transaction = try await client.send(FindCoordinatorRequest(keyType: 1, coordinatorKeys: ["t"]))
        #expect(transaction.coordinators.map(\.errorCode) == [.none])
        #expect(transaction.coordinators.map(\.nodeId) == [1])
        let unknown = try await client.send(FindCoordinatorRequest(keyType: 9, coordinatorKeys: ["t"]))
        #expect(unknown.coordinators.map(\.errorCode) == [.invalidRequest])
        try await broker.server.stop()
    }

    @Test func `a request before there is a coordinator is sent to look for one`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        #expect(try await client.join().errorCode == .notCoordinator)
        #expect(try await client.committed("t") == nil)
        try await broker.server.stop()
    }

    @Test func `members join, sync, commit and leave`() async throws {
        let broker = try await GroupTestBroker.start()
        let (a, b) = (try await broker.connect(), try await broker.connect())
        _ = try await a.findCoordinator()
        try await a.createTopic("t")
        let first = try await a.becomeStable()
        #expect(first.memberId.rawValue.hasPrefix("tester-"))
        #expect(first.memberId.rawValue.utf8.count == "tester-".utf8.count + 36)
        #expect(first.leader == first.memberId)

        let given = try await b.join()
        async let joining = b.join(given.memberId)
        while try await a.heartbeat(first) != .rebalanceInProgress {}
        let second = try await a.join(first.memberId)
        let other = try await joining
        #expect(second.generationId == 2)
        #expect(Set(second.members.map(\.memberId)) == [first.memberId, given.memberId])
        #expect(other.members.isEmpty)
        async let syncing = b.sync(other)
        let synced = try await a.sync(second, [first.memberId: "0", given.memberId: "1"])
        #expect(synced.assignment == Bytes(utf8: "0"))
        #expect(try await syncing.assignment == Bytes(utf8: "1"))

        #expect(try await a.commit("t", 5, by: second) == ErrorCode.none)
        #expect(try await a.commit("t", 5, by: first) == .illegalGeneration)
        #expect(try await a.commit("t", 5, by: second, partition: 2) == .unknownTopicOrPartition)
        #expect(try await a.commit("missing", 5, by: second) == .unknownTopicOrPartition)
        #expect(try await a.committed("t") == 5)
        #expect(try await a.committed("u") == -1)

        let leaving = LeaveGroupRequest.MemberIdentity(memberId: given.memberId)
        let left = try await b.send(LeaveGroupRequest(groupId: "g", members: [leaving, leaving]))
        #expect(left.members.map(\.errorCode) == [.none, .unknownMemberId])
        #expect(try await a.heartbeat(second) == .rebalanceInProgress)
        try await broker.server.stop()
    }

    @Test func `groups and offsets are there after a restart`() async throws {
        var broker = try await GroupTestBroker.start()
        var client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        let joined = try await client.becomeStable()
        #expect(try await client.commit("t", 42, by: joined) == ErrorCode.none)
        broker = try await broker.restarted()
        client = try await broker.connect()
        #expect(try await client.committed("t") == 42)
        #expect(try await client.heartbeat(joined) == .none)
        #expect(try await client.sync(joined).assignment == Bytes(utf8: "all"))
        #expect(try await client.commit("t", 43, by: joined) == ErrorCode.none)
        try await broker.server.stop()
    }

    @Test func `groups are described, listed and deleted`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        let joined = try await client.becomeStable()
        for version in DescribeGroupsRequest.versions {
            let groups = try await client.send(DescribeGroupsRequest(groups: ["g", "none"]), version: version).groups
            #expect(groups.map(\.groupState) == ["Stable", "Dead"])
            #expect(groups.map(\.errorCode) == [.none, version >= 6 ? .groupIdNotFound : .none])
            #expect(groups[0].protocolData == "range")
            #expect(groups[0].members.first?.clientId == "tester")
            #expect(groups[0].members.first?.memberMetadata == Bytes(utf8: "meta"))
            #expect(groups[0].members.first?.memberAssignment == Bytes(utf8: "all"))
        }
        for version in ListGroupsRequest.versions {
            let groups = try await client.send(ListGroupsRequest(), version: version).groups
            #expect(groups.map(\.groupId) == ["g"])
            #expect(groups.map(\.groupState) == [version >= 4 ? "Stable" : ""])
        }
        let empty = try await client.send(ListGroupsRequest(statesFilter: ["EMPTY"], typesFilter: ["Classic"]))
        #expect(empty.groups.isEmpty)
        let delete = DeleteGroupsRequest(groupsNames: ["g", "none"])
        #expect(try await client.send(delete).results.map(\.errorCode) == [.nonEmptyGroup, .groupIdNotFound])
        _ = try await client.send(LeaveGroupRequest(groupId: "g", memberId: joined.memberId), version: 2)
        for version in DeleteGroupsRequest.versions.dropLast() {
            _ = try await client.send(DeleteGroupsRequest(groupsNames: []), version: version)
        }
        #expect(try await client.send(delete).results.map(\.errorCode) == [.none, .groupIdNotFound])
        #expect(try await client.send(ListGroupsRequest()).groups.isEmpty)
        try await broker.server.stop()
    }

    @Test func `every version of a commit and of a fetch of offsets is served`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        for version in OffsetCommitRequest.versions where version < 10 {
            #expect(try await client.commit("t", Offset(Int64(version)), version: version) == ErrorCode.none)
            for fetch in OffsetFetchRequest.versions where fetch < 10 {
                #expect(try await client.committed("t", version: fetch) == Offset(Int64(version)), "version \(fetch)")
            }
        }
        for version in OffsetFetchRequest.versions where version >= 2 && version < 8 {
            let all = try await client.send(OffsetFetchRequest(groupId: "g", topics: nil), version: version)
            #expect(all.topics.first?.partitions.first?.metadata == "note", "version \(version)")
        }
        try await broker.server.stop()
    }

    @Test func `topics are named by id from version 10 on`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        let metadata = try await client.send(
            MetadataRequest(topics: [MetadataRequest.MetadataRequestTopic(name: "t")])
        )
        let id = try #require(metadata.topics.first?.topicId)
        let strange = TopicID(KafkaUUID(high: 1, low: 2))
        let entry = OffsetCommitRequest.OffsetCommitRequestPartition(partitionIndex: 0, committedOffset: 9)
        let commit = try await client.send(
            OffsetCommitRequest(
                groupId: "g",
                topics: [id, strange].map {
                    OffsetCommitRequest.OffsetCommitRequestTopic(topicId: $0, partitions: [entry])
                }
            )
        )
        #expect(commit.topics.map(\.topicId) == [id, strange])
        #expect(commit.topics.compactMap(\.partitions.first?.errorCode) == [.none, .unknownTopicId])
        let asked = [strange, id].map {
            OffsetFetchRequest.OffsetFetchRequestTopics(topicId: $0, partitionIndexes: [0])
        }
        let fetched = try await client.send(
            OffsetFetchRequest(groups: [
                OffsetFetchRequest.OffsetFetchRequestGroup(groupId: "g", topics: asked),
                OffsetFetchRequest.OffsetFetchRequestGroup(groupId: "g", topics: nil),
                OffsetFetchRequest.OffsetFetchRequestGroup(groupId: "h", topics: nil),
            ])
        )
        #expect(fetched.groups[0].topics.compactMap(\.partitions.first?.errorCode) == [.unknownTopicId, .none])
        #expect(fetched.groups[0].topics.compactMap(\.partitions.first?.committedOffset) == [-1, 9])
        #expect(fetched.groups[1].topics.map(\.topicId) == [id])
        #expect(fetched.groups[2].topics.isEmpty)
        try await broker.server.stop()
    }

    @Test func `every version of the membership requests is served`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        for version in JoinGroupRequest.versions {
            var joined = try await client.join(version: version)
            if version >= 4 { joined = try await client.join(joined.memberId, version: version) }
            #expect(joined.errorCode == .none, "version \(version)")
            #expect(joined.leader == joined.memberId)
            let syncVersion = min(version, SyncGroupRequest.versions.upperBound)
            var sync = SyncGroupRequest(groupId: "g", generationId: joined.generationId, memberId: joined.memberId)
            if syncVersion >= 5 { (sync.protocolType, sync.protocolName) = ("consumer", "range") }
            #expect(try await client.send(sync, version: syncVersion).errorCode == .none)
            #expect(try await client.heartbeat(joined, version: min(version, 4)) == .none)
            let leaveVersion = min(version, LeaveGroupRequest.versions.upperBound)
            let leave =
                leaveVersion < 3
                ? LeaveGroupRequest(groupId: "g", memberId: joined.memberId)
                : LeaveGroupRequest(groupId: "g", members: [.init(memberId: joined.memberId)])
            #expect(try await client.send(leave, version: leaveVersion).errorCode == .none)
        }
        try await broker.server.stop()
    }

    @Test func `offsets of a deleted topic are forgotten`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        #expect(try await client.commit("t", 5) == ErrorCode.none)
        _ = try await client.send(DeleteTopicsRequest(topics: [DeleteTopicsRequest.DeleteTopicState(name: "t")]))
        #expect(try await client.committed("t") == -1)
        try await broker.server.stop()
    }

    @Test func `offsets are deleted one by one`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        _ = try await client.findCoordinator()
        try await client.createTopic("t")
        #expect(try await client.commit("t", 5) == ErrorCode.none)
        let partitions = [0, 7].map { OffsetDeleteRequest.OffsetDeleteRequestPartition(partitionIndex: $0) }
        let topics = [OffsetDeleteRequest.OffsetDeleteRequestTopic(name: "t", partitions: partitions)]
        let response = try await client.send(OffsetDeleteRequest(groupId: "g", topics: topics))
        #expect(response.topics.first?.partitions.map(\.errorCode) == [.none, .unknownTopicOrPartition])
        #expect(try await client.committed("t") == -1)
        #expect(
            try await client.send(OffsetDeleteRequest(groupId: "none", topics: topics)).errorCode == .groupIdNotFound
        )
        try await broker.server.stop()
    }

    @Test func `producer ids are given once, also across a restart`() async throws {
        var broker = try await GroupTestBroker.start()
        var seen: Set<ProducerID> = []
        for _ in 0..<2 {
            let client = try await broker.connect()
            for version in InitProducerIdRequest.versions {
                let response = try await client.send(InitProducerIdRequest(transactionalId: nil), version: version)
                #expect(response.errorCode == .none)
                #expect(response.producerEpoch == 0)
                #expect(seen.insert(response.producerId).inserted)
            }
            broker = try await broker.restarted()
        }
        #expect(seen.contains(0) && seen.contains(1_000))
        try await broker.server.stop()
    }

    @Test func `a producer id is refused where the request is wrong`() async throws {
        let broker = try await GroupTestBroker.start()
        let client = try await broker.connect()
        func error(_ request: InitProducerIdRequest) async throws -> ErrorCode {
            try await client.send(request).errorCode
        }
        #expect(try await error(InitProducerIdRequest(transactionalId: nil, producerId: 5)) == .invalidRequest)
        #expect(try await error(InitProducerIdRequest(transactionalId: "")) == .invalidRequest)
        #expect(try await error(InitProducerIdRequest(transactionalId: "t")) == .invalidTransactionTimeout)
        #expect(
            try await error(InitProducerIdRequest(transactionalId: "t", transactionTimeoutMs: 900_001))
                == .invalidTransactionTimeout
        )
        #expect(
            try await error(InitProducerIdRequest(transactionalId: "t", transactionTimeoutMs: 60_000))
                == .notCoordinator
        )
        try await broker.server.stop()
    }
}
