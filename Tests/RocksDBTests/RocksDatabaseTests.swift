import Foundation
import RocksDB
import Testing

@Suite struct RocksDatabaseTests {
    let folder = TemporaryFolder()

    @Test func `what was written is read, also after reopening`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        try database.put("a", "1")
        try database.put("b", "")
        #expect(try database.text("a") == "1")
        #expect(try database.text("b") == "")
        #expect(try database.text("c") == nil)
        database.close()
        let again = try RocksDatabase(path: folder.path + "/db")
        #expect(try again.text("a") == "1")
        again.close()
    }

    @Test func `a batch applies all its changes, in order, and is reused`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        defer { database.close() }
        let batch = RocksWriteBatch()
        bytes("a", "1") { batch.put($0, $1, in: database.defaultFamily) }
        bytes("a", "2") { batch.put($0, $1, in: database.defaultFamily) }
        bytes("b", "x") { key, tail in
            bytes("head", "") { head, _ in batch.put(key, head, tail, in: database.defaultFamily) }
        }
        #expect(batch.count == 3)
        #expect(batch.sizeBytes > 12)
        try database.write(batch)
        batch.clear()
        #expect(batch.count == 0)
        #expect(try database.text("a") == "2")
        #expect(try database.text("b") == "headx")
        bytes("a", "b") { batch.deleteRange(from: $0, before: $1, in: database.defaultFamily) }
        bytes("b", "") { key, _ in batch.delete(key, in: database.defaultFamily) }
        try database.write(batch)
        #expect(try database.text("a") == nil)
        #expect(try database.text("b") == nil)
    }

    @Test func `column families are key spaces of their own, and unknown ones are opened too`() throws {
        let database = try RocksDatabase(path: folder.path + "/db", families: ["default", "offsets"])
        try database.put("k", "content", family: 0)
        try database.put("k", "offset", family: 1)
        #expect(try database.text("k", family: 0) == "content")
        #expect(try database.text("k", family: 1) == "offset")
        database.close()
        let plain = try RocksDatabase(path: folder.path + "/db")
        #expect(plain.family(named: "offsets") != nil)
        #expect(plain.family(named: "other") == nil)
        plain.close()
    }

    @Test func `iterators walk forward and backward within their bounds`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        defer { database.close() }
        for key in ["a", "b", "c", "d"] { try database.put(key, key + "!") }
        let iterator = try bytes("b", "d") {
            try database.makeIterator(in: database.defaultFamily, from: $0, before: $1)
        }
        var keys: [String] = []
        iterator.seekToFirst()
        while iterator.isValid {
            keys.append(text(iterator.key) + text(iterator.value))
            iterator.next()
        }
        try iterator.check()
        #expect(keys == ["bb!", "cc!"])
        iterator.seekToLast()
        #expect(text(iterator.key) == "c")
        iterator.previous()
        #expect(text(iterator.key) == "b")
        iterator.previous()
        #expect(!iterator.isValid)
        #expect(iterator.key.isEmpty)
        iterator.next()
        bytes("c", "") { key, _ in iterator.seek(key) }
        #expect(text(iterator.key) == "c")
        bytes("bz", "") { key, _ in iterator.seekForPrevious(key) }
        #expect(text(iterator.key) == "b")
    }

    @Test func `closing ends open iterators, and later calls are refused`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        try database.put("a", "1")
        let iterator = try database.makeIterator(in: database.defaultFamily)
        iterator.seekToFirst()
        #expect(iterator.isValid)
        database.close()
        database.close()
        #expect(!database.isOpen)
        #expect(!iterator.isValid)
        let error = #expect(throws: RocksError.self) { try iterator.check() }
        #expect(error?.kind == .closed)
        #expect(throws: RocksError.self) { try database.put("a", "2") }
        #expect(throws: RocksError.self) { try database.text("a") }
        #expect(throws: RocksError.self) { try database.flush() }
    }

    @Test func `a folder that is open already is refused as locked`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        defer { database.close() }
        let error = #expect(throws: RocksError.self) { try RocksDatabase(path: folder.path + "/db") }
        #expect(error?.kind == .locked)
        #expect(error?.path == folder.path + "/db")
    }

    @Test func `a folder with foreign files is refused as corrupt`() throws {
        let path = folder.path + "/foreign"
        folder.make("foreign")
        folder.write("no manifest\n", to: "foreign/CURRENT")
        let error = #expect(throws: RocksError.self) { try RocksDatabase(path: path) }
        #expect(error?.kind == .corruption)
        #expect(error?.description.contains(path) == true)
    }

    @Test func `a checkpoint is a database of its own`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        try database.put("a", "1")
        try database.checkpoint(to: folder.path + "/copy")
        try database.put("a", "2")
        database.close()
        let copy = try RocksDatabase(path: folder.path + "/copy")
        #expect(try copy.text("a") == "1")
        copy.close()
    }

    @Test func `keys are counted approximately`() throws {
        let database = try RocksDatabase(path: folder.path + "/db")
        defer { database.close() }
        for key in 0..<100 { try database.put("key \(key)", "v") }
        try database.flush()
        #expect(database.approximateKeyCount(in: database.defaultFamily) == 100)
    }
}

/// A folder that is removed with the test.
final class TemporaryFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/millrace-rocksdb-\(UUID().uuidString)"
        make("")
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record(error)
        }
    }

    func make(_ name: String) {
        do {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        } catch {
            Issue.record(error)
        }
    }

    func write(_ text: String, to name: String) {
        do {
            try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
        } catch {
            Issue.record(error)
        }
    }
}

private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

private func bytes<R>(
    _ a: String,
    _ b: String,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> R
) rethrows -> R {
    try Array(a.utf8).withUnsafeBytes { a in try Array(b.utf8).withUnsafeBytes { b in try body(a, b) } }
}

extension RocksDatabase {
    fileprivate func put(_ key: String, _ value: String, family: Int = 0) throws {
        let batch = RocksWriteBatch()
        bytes(key, value) { batch.put($0, $1, in: families[family]) }
        try write(batch)
    }

    @discardableResult
    fileprivate func text(_ key: String, family: Int = 0) throws -> String? {
        try bytes(key, "") { key, _ in
            try get(key, in: families[family]) { String(decoding: $0, as: UTF8.self) }
        }
    }
}
