import CommitLog
import Foundation
import Records
import Testing

@Suite struct `The operating system's files` {
    private func temporary() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)").path
    }

    @Test func `a log on the disk is as one in memory`() throws {
        let path = temporary()
        let disk = RealFileSystem()
        defer { #expect(throws: Never.self) { try disk.removeTree(path) } }
        let memory = MemoryFileSystem()
        let directories = [path + "/orders-0", "/data/orders-0"]
        let id = TopicID(KafkaUUID(high: 3, low: 4))
        for (system, directory) in zip([disk, memory] as [any FileSystem], directories) {
            for _ in 0..<2 {
                let log = try TestLog.open(system, topicID: id, directory: directory)
                for index in 0..<40 {
                    try log.append(try TestLog.batch(3, at: Timestamp(TestLog.now.rawValue + Int64(index))))
                }
                #expect(try log.batches().last?.nextOffset == log.logEndOffset)
                #expect(try log.find(TestLog.now)?.offset == 0)
                try log.flush()
                try log.close()
            }
        }
        #expect(try disk.files(in: directories[0]) == memory.files(in: directories[1]))
        let log = try TestLog.open(disk, directory: directories[0])
        try log.delete(unique: String(repeating: "a", count: 32))
        #expect(try disk.list(path).isEmpty)
    }

    @Test func `errors tell operation, path and reason`() throws {
        let disk = RealFileSystem()
        let path = temporary()
        do {
            _ = try disk.open(path + "/nothing", .read)
            Issue.record("opened")
        } catch {
            #expect(error.description == "open \(path)/nothing: No such file or directory (errno 2)")
        }
        #expect(try disk.status(of: path) == nil)
        #expect(try !disk.remove(path))
        #expect(try !disk.removeDirectory(path))
    }

    @Test func `regions tell where to send from`() throws {
        let path = temporary()
        let disk = RealFileSystem()
        defer { #expect(throws: Never.self) { try disk.removeTree(path) } }
        var configuration = TestLog.configuration
        configuration.segmentBytes = 1 << 20
        let log = try TestLog.open(disk, configuration, directory: path + "/orders-0")
        for _ in 0..<10 { try log.append(try TestLog.batch(valueSize: 10_000)) }
        let read = try log.read(from: 3, maxBytes: 80_000, upTo: 10)
        guard case .region(let region) = read.parts.first, let place = region.descriptor else {
            Issue.record("no region with a descriptor")
            return
        }
        #expect(place.fileDescriptor > 2)
        #expect(try RecordBatch(try region.load()).baseOffset == 3)
        try log.delete(unique: String(repeating: "b", count: 32))
        #expect(try RecordBatch(try region.load()).baseOffset == 3)
    }
}
