import Records
import Testing

@testable import Streams

@Suite struct StateDirectoryTests {
    let fixture = StoreFixture()

    private func open() throws -> StateDirectory {
        try StateDirectory(stateDirectory: fixture.root, applicationID: "app", isNeeded: true)
    }

    @Test func `the process id outlives the process`() throws {
        var random = StoreTestGenerator(seed: 7)
        let first = try open()
        let id = try first.initializeProcessID(using: &random)
        first.close()
        let second = try open()
        #expect(try second.initializeProcessID(using: &random) == id)
        let text = try StateFile.read(fixture.root + "/app/kafka-streams-process-metadata")
        #expect(text == "{\"processId\":\"\(id.hyphenated)\"}")
        second.close()
    }

    @Test func `a second instance is refused while the first runs`() throws {
        var random = StoreTestGenerator(seed: 7)
        let first = try open()
        _ = try first.initializeProcessID(using: &random)
        let second = try open()
        let error = #expect(throws: ProcessorStateException.self) { try second.initializeProcessID(using: &random) }
        #expect(error?.message.contains(fixture.root + "/app") == true)
        first.close()
        _ = try second.initializeProcessID(using: &random)
        second.close()
    }

    @Test func `a task belongs to one owner`() throws {
        let directory = try open()
        let task = TaskID(subTopology: 0, partition: 1)
        #expect(directory.lock(task, owner: 1))
        #expect(directory.lock(task, owner: 1))
        #expect(!directory.lock(task, owner: 2))
        directory.unlock(task, owner: 2)
        #expect(!directory.lock(task, owner: 2))
        directory.unlock(task, owner: 1)
        #expect(directory.lock(task, owner: 2))
    }

    @Test func `abandoned tasks are removed after the delay, owned ones never`() throws {
        let directory = try open()
        let old = TaskID(subTopology: 0, partition: 1)
        let owned = TaskID(subTopology: 10, partition: 0)
        for task in [old, owned] { try FolderTree.create(directory.directory(of: task) + "/rocksdb/s") }
        try FolderTree.create(directory.path + "/not_a_task")
        _ = try directory.directory(of: TaskID(subTopology: 2, partition: 2))
        #expect(try directory.tasksWithState() == [old, owned])
        #expect(directory.lock(owned, owner: 1))
        let changed = try #require(FolderTree.lastModifiedMs(directory.path + "/0_1"))
        #expect(try directory.removeAbandonedTasks(now: Timestamp(changed), delay: .seconds(60)).isEmpty)
        let late = Timestamp(changed + 120_000)
        #expect(try directory.removeAbandonedTasks(now: late, delay: .seconds(60)).contains(old))
        #expect(try directory.tasksWithState() == [owned])
        #expect(throws: ProcessorStateException.self) { try directory.clean() }
        #expect(try directory.tasksWithState() == [owned])
        directory.unlock(owned, owner: 1)
        try directory.clean()
        #expect(try directory.tasksWithState().isEmpty)
    }

    @Test func `a checkpoint is Kafka's text, and comes back`() throws {
        let checkpoint = OffsetCheckpoint(path: fixture.root + "/.checkpoint")
        #expect(try checkpoint.read().isEmpty)
        let offsets: [TopicPartition: Offset] = [
            TopicPartition("app-b-changelog", 1): 42,
            TopicPartition("app-a-changelog", 0): OffsetCheckpoint.unknownOffset,
        ]
        try checkpoint.write(offsets)
        #expect(try StateFile.read(checkpoint.path) == "0\n2\napp-a-changelog 0 -4\napp-b-changelog 1 42\n")
        #expect(try checkpoint.read() == offsets)
        #expect(throws: ProcessorStateException.self) { try checkpoint.write([TopicPartition("t", 0): Offset(-1)]) }
        #expect(try checkpoint.read() == offsets)
        try checkpoint.write([:])
        #expect(!FolderTree.exists(checkpoint.path))
    }

    @Test(arguments: ["", "1\n0\n", "0\n", "0\nx\n", "0\n1\n", "0\n1\na b\n", "0\n1\na 0 x\n", "0\n0\na 0 1\n"])
    func `a file that is no checkpoint is refused`(text: String) throws {
        let checkpoint = OffsetCheckpoint(path: fixture.root + "/.checkpoint")
        try StateFile.replace(checkpoint.path, with: text)
        #expect(throws: ProcessorStateException.self) { try checkpoint.read() }
    }
}
