import CommitLog
import Foundation
import KafkaProtocol
import Logging
import NIOCore
import Records
import Testing

@testable import Broker

@Suite struct `Snapshots of the metadata` {
    /// What the newest snapshot of a folder holds.
    private func image(_ directory: String, _ files: any FileSystem) throws -> MetadataImage? {
        let log = directory + "/__cluster_metadata-0"
        guard let snapshot = try MetadataSnapshot.newest(in: log, fileSystem: files) else { return nil }
        var image = MetadataImage(clusterID: "x")
        try MetadataReplay.apply(snapshot.batches, source: snapshot.path, to: &image)
        return image
    }

    @Test func `the records of an image make the same image, whoever wrote the snapshot`() throws {
        let folder = try ApacheFolder("clean")
        let read = try #require(try image(folder.logDirectory, RealFileSystem()))
        #expect(read.topics.count == folder.manifest.topics.count && read.features["metadata.version"] == 22)
        let records = read.records()
        let file = try MetadataSnapshot.encoded(records, epoch: 7, lastTimestamp: 5, now: 6)
        var again = MetadataImage(clusterID: "x")
        try MetadataReplay.apply(file, source: "test", to: &again)
        #expect(again.records() == records)
        #expect(again.kept.keys.sorted() == read.kept.keys.sorted())
        // As many as Apache wrote: nothing is left out. It writes one record more, for ZooKeeper's sake.
        #expect(records.count == 89)

        let batches = try RecordBatch.batches(in: file).all()
        #expect(batches.first?.isControl == true && batches.last?.isControl == true)
        #expect(batches.map(\.baseOffset) == [0, 1, Offset(Int64(records.count) + 1)])
        for batch in batches { try batch.validateCRC() }
        #expect(batches.allSatisfy { $0.partitionLeaderEpoch == 7 })
    }

    @Test func `removals take away what is kept for others`() throws {
        var image = MetadataImage(clusterID: "x")
        let entity = ClientQuotaRecord.EntityData(entityType: "user", entityName: nil)
        try image.apply(.clientQuota(ClientQuotaRecord(entity: [entity], key: "request_percentage", value: 2)))
        try image.apply(.userScramCredential(UserScramCredentialRecord(name: "alice", mechanism: 1)))
        try image.apply(.userScramCredential(UserScramCredentialRecord(name: "alice", mechanism: 2)))
        #expect(image.records().count == 3)
        try image.apply(.clientQuota(ClientQuotaRecord(entity: [entity], key: "request_percentage", remove: true)))
        try image.apply(.removeUserScramCredential(RemoveUserScramCredentialRecord(name: "alice", mechanism: 1)))
        #expect(
            image.records() == [.userScramCredential(UserScramCredentialRecord(name: "alice", mechanism: 2))]
        )
    }

    @Test func `a broker takes them, drops what they stand for, and starts from them, also after kill -9`() async throws
    {
        let disk = MemoryFileSystem()
        let properties = [
            "metadata.log.max.record.bytes.between.snapshots": "400", "metadata.log.segment.bytes": "1000",
            "metadata.max.retention.bytes": "6000",
        ]
        let broker = try await TestBroker(disk: disk, properties)
        let directory = "/data/__cluster_metadata-0"
        let end = NIODeadline.now() + .seconds(300)
        var (made, ids) = (0, [TopicName: TopicID]())
        // Each topic is another chance; the snapshots are written beside.
        func hasBegunLater() throws -> Bool {
            let names = try disk.list(directory)
            return names.contains { $0.hasSuffix(".checkpoint") } && !names.contains("00000000000000000000.log")
        }
        while try !hasBegunLater(), NIODeadline.now() < end {
            let name = TopicName("t\(made)")
            ids[name] = try await broker.createTopic(name, configs: ["retention.ms": "\(made + 1000)"])
            made += 1
        }
        #expect(try hasBegunLater())
        #expect(try disk.list(directory).filter { $0.hasSuffix(".checkpoint") }.count >= 1)
        let killed = disk.copy()
        try await broker.stop()
        for folder in [disk, killed] {
            let again = try await TestBroker(disk: folder, properties)
            let metadata = try await again.send(MetadataRequest(topics: nil))
            let found = metadata.topics.compactMap { topic in topic.name.map { ($0, topic.topicId) } }
            #expect(Dictionary(found) { $1 } == ids)
            let request = DescribeConfigsRequest(
                resources: [.init(resourceType: 2, resourceName: "t1", configurationKeys: ["retention.ms"])]
            )
            #expect(try await again.send(request).results.first?.configs.first?.value == "1001")
            #expect(try await again.produce(["a"], to: "t0").errorCode == ErrorCode.none)
            try await again.stop()
        }
    }

    @Test func `a new cluster begins with bootstrap checkpoint, which tells its features`() async throws {
        let disk = MemoryFileSystem()
        let broker = try await TestBroker(disk: disk)
        try await broker.stop()
        let contents = try #require(try disk.contents(of: "/data/bootstrap.checkpoint"))
        var image = MetadataImage(clusterID: "x")
        try MetadataReplay.apply(contents, source: "test", to: &image)
        #expect(image.features["metadata.version"] == BrokerFeature.metadataVersion.initialLevel)
    }

    @Test func `names are Kafka's`() {
        let name = MetadataSnapshot.Name(endOffset: 252, epoch: 2)
        #expect(name.fileName == "00000000000000000252-0000000002.checkpoint")
        #expect(MetadataSnapshot.Name(name.fileName) == name)
        #expect(MetadataSnapshot.Name("bootstrap.checkpoint") == nil)
    }
}
