import CommitLog
import Foundation
import Records
import Testing

/// The folder Data: partitions as Apache Kafka 4.0 left them after a clean stop.
enum TestData {
    static let epochZeroEnd: [String: Offset] = ["idem-0": 250, "plain-0": 300, "txn-0": 106, "appendtime-0": 150]

    static func url(_ name: String) -> URL {
        Bundle.module.bundleURL.appendingPathComponent("Data").appendingPathComponent(name)
    }

    /// A partition's files by name.
    static func partition(_ name: String) throws -> [String: Bytes] {
        var files = [String: Bytes]()
        for file in try FileManager.default.contentsOfDirectory(atPath: url(name).path) {
            files[file] = try contents("\(name)/\(file)")
        }
        return files
    }

    static func contents(_ name: String) throws -> Bytes { Bytes(try Data(contentsOf: url(name))) }

    /// Puts a partition's files on a disk, under its name.
    static func install(_ name: String, on disk: MemoryFileSystem) throws {
        try disk.createDirectory("/" + name)
        for (file, contents) in try partition(name) { try disk.put(contents, at: "/\(name)/\(file)") }
    }
}

extension FileSystem {
    func put(_ contents: Bytes, at path: String) throws {
        let file = try open(path, .create)
        try file.truncate(to: 0)
        try contents.withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
    }

    /// All files of a directory, by name.
    func files(in directory: String) throws -> [String: Bytes] {
        var files = [String: Bytes]()
        for name in try list(directory) { files[name] = try contents(of: directory + "/" + name) }
        return files
    }
}
