import CommitLog
import Records
import Testing

@Suite struct `The simulated disk` {
    private func write(_ file: any File, _ text: String, at position: Int64) throws {
        try Bytes(utf8: text).withUnsafeBytes { try file.write($0, at: position) }
    }

    @Test func `what was synced stays, what was not may go`() throws {
        let disk = MemoryFileSystem()
        try disk.createDirectory("/a")
        try disk.syncDirectory("/")
        let file = try disk.open("/a/x", .create)
        try write(file, "hello", at: 0)
        try file.sync()
        try write(file, " world", at: 5)
        #expect(try disk.contents(of: "/a/x") == Bytes(utf8: "hello world"))
        let lost = disk.copy()
        #expect(try lost.contents(of: "/a/x") == Bytes(utf8: "hello world"))
        disk.restart(seed: 1, loss: .everything)
        // The name was not synced.
        #expect(try disk.contents(of: "/a/x") == nil)
        #expect(try disk.list("/a").isEmpty)
        #expect(throws: FileSystemError.self) { try file.size() }
    }

    @Test(arguments: 0..<20)
    func `the last write is torn anywhere`(_ seed: UInt64) throws {
        let disk = MemoryFileSystem()
        let file = try disk.open("/x", .create)
        try write(file, "12345", at: 0)
        try file.sync()
        try disk.syncDirectory("/")
        try write(file, "67890", at: 5)
        try write(file, "abcde", at: 10)
        disk.restart(seed: seed, loss: .tail)
        let left = try #require(try disk.contents(of: "/x")?.utf8)
        #expect("1234567890abcde".hasPrefix(left) && left.count >= 5)
    }

    @Test func `a stop fails the change and everything after it`() throws {
        let disk = MemoryFileSystem()
        disk.stop(afterOperations: 2)
        let file = try disk.open("/x", .create)
        try write(file, "1", at: 0)
        #expect(!disk.isStopped)
        #expect(throws: FileSystemError.self) { try file.sync() }
        #expect(disk.isStopped)
        #expect(throws: FileSystemError.self) { try disk.list("/") }
        #expect(throws: FileSystemError.self) { try file.size() }
        disk.restart(seed: 0, loss: .nothing)
        #expect(try disk.contents(of: "/x") == Bytes(utf8: "1"))
    }

    @Test func `renames and removals are as durable as their directory`() throws {
        let disk = MemoryFileSystem()
        try disk.put(Bytes(utf8: "old"), at: "/x")
        try disk.put(Bytes(utf8: "new"), at: "/y")
        try disk.syncDirectory("/")
        try disk.rename("/y", to: "/x")
        #expect(try disk.list("/") == ["x"])
        disk.restart(seed: 9, loss: .everything)
        #expect(try disk.contents(of: "/x") == Bytes(utf8: "old"))
        try disk.rename("/y", to: "/x")
        try disk.syncDirectory("/")
        disk.restart(seed: 9, loss: .everything)
        #expect(try disk.contents(of: "/x") == Bytes(utf8: "new"))
        #expect(try disk.list("/") == ["x"])
    }

    @Test func `a file is replaced whole or not at all`() throws {
        for kill in 0..<8 {
            for seed in 0..<5 as Range<UInt64> {
                let disk = MemoryFileSystem()
                try disk.put(Bytes(utf8: "old contents"), at: "/x")
                try disk.syncDirectory("/")
                disk.stop(afterOperations: kill)
                do { try disk.replace("/x", with: Bytes(utf8: "new contents")) } catch { #expect(disk.isStopped) }
                disk.restart(seed: seed, loss: .scattered)
                let text = try disk.contents(of: "/x")?.utf8
                #expect(text == "old contents" || text == "new contents", "kill \(kill), seed \(seed)")
            }
        }
    }
}
