import CommitLog
import Records
import Testing

@Suite struct `Checkpoint files` {
    @Test(arguments: [
        OffsetCheckpointFile.recoveryPointName, OffsetCheckpointFile.logStartOffsetName,
        OffsetCheckpointFile.highWatermarkName, OffsetCheckpointFile.cleanerName,
    ])
    func `Kafka's are read, and written with the same lines`(_ name: String) throws {
        let disk = MemoryFileSystem()
        try disk.createDirectory("/data")
        let original = try TestData.contents(name)
        try disk.put(original, at: "/data/" + name)
        let file = OffsetCheckpointFile(name, in: "/data", fileSystem: disk)
        let offsets = try file.read()
        if name == OffsetCheckpointFile.logStartOffsetName { #expect(offsets == [TopicPartition("trimmed", 0): 237]) }
        if name == OffsetCheckpointFile.recoveryPointName { #expect(offsets.count == 27) }
        try file.write(offsets)
        func lines(_ bytes: Bytes?) -> [Substring]? { bytes?.utf8?.split(separator: "\n").sorted() }
        #expect(try lines(disk.contents(of: "/data/" + name)) == lines(original))
    }

    @Test func `the mark of a clean stop tells the broker's epoch`() throws {
        let disk = MemoryFileSystem()
        try disk.createDirectory("/data")
        let file = CleanShutdownFile(in: "/data", fileSystem: disk)
        #expect(try !file.exists())
        #expect(try file.brokerEpoch() == nil)
        let original = try TestData.contents("kafka_cleanshutdown")
        try disk.put(original, at: "/data/.kafka_cleanshutdown")
        #expect(try file.brokerEpoch() == 160)
        try file.write(brokerEpoch: 160)
        #expect(try disk.contents(of: "/data/.kafka_cleanshutdown") == original)
        try file.remove()
        disk.restart(seed: 1, loss: .everything)
        #expect(try !file.exists())
    }

    @Test func `names of partition directories`() throws {
        let unique = "3ef8fbdcf1394f99b47d3a42c8681ced"
        for (name, topic, partition) in [
            ("orders-0", "orders", 0), ("a.b-c_d-17", "a.b-c_d", 17), ("x-delete-3", "x-delete", 3),
        ] as [(String, TopicName, PartitionIndex)] {
            let parsed = try #require(PartitionDirectoryName(name))
            #expect(parsed.topicPartition == TopicPartition(topic, partition) && parsed.role == .current)
            #expect(parsed.description == name)
        }
        let doomed = try #require(PartitionDirectoryName("gone-0.\(unique)-delete"))
        #expect(doomed.topicPartition == TopicPartition("gone", 0))
        #expect(doomed.role == .deleted(unique: unique))
        #expect(doomed.description == "gone-0.\(unique)-delete")
        for name in ["", "-", "orders", "orders-", "-1", "orders-x", "meta.properties", "orders-99999999999"] {
            #expect(PartitionDirectoryName(name) == nil, "\(name)")
        }
    }
}
