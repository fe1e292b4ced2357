import CommitLog
import Foundation
import Records
import Testing

/// A folder that Apache Kafka wrote, unpacked into a temporary one of its own.
final class ApacheFolder {
    let path: String
    let manifest: ApacheManifest

    /// `name` is `clean` or `kill`.
    init(_ name: String) throws {
        path = FileManager.default.temporaryDirectory.path + "/apache-\(name)-\(UUID().uuidString)"
        manifest = try JSONDecoder().decode(
            ApacheManifest.self,
            from: Data(try ApacheFolder.unzipped("\(name).manifest.json.gz"))
        )
        try unpack(try ApacheFolder.unzipped("\(name).tar.gz"))
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record("\(error)") }
    }

    var logDirectory: String { path + "/data" }

    private static func unzipped(_ name: String) throws -> [UInt8] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Data/apache/\(name)")
        let bytes = try Compression.gzip.decompress(Bytes(try Data(contentsOf: url)), maxDecompressedBytes: 1 << 29)
        return bytes.withUnsafeBytes { Array($0) }
    }

    /// The tar format: a header of 512 bytes for each entry, its contents rounded up to that.
    private func unpack(_ archive: [UInt8]) throws {
        func text(_ start: Int, _ count: Int) -> String {
            String(decoding: archive[start..<start + count].prefix { $0 != 0 }, as: UTF8.self)
        }
        let files = RealFileSystem()
        try files.createDirectory(path)
        var position = 0
        while position + 512 <= archive.count, archive[position] != 0 {
            let prefix = text(position + 345, 155)
            let name = (prefix.isEmpty ? "" : prefix + "/") + text(position, 100)
            let octal = text(position + 124, 12).trimmingCharacters(in: .whitespaces)
            let size = try #require(Int(octal, radix: 8), "\(name): \(octal)")
            let kind = archive[position + 156]
            position += 512
            let target = path + "/" + name
            switch kind {
            case UInt8(ascii: "5"): try files.createDirectory(target)
            case UInt8(ascii: "0"), 0:
                let file = try files.open(target, .create)
                try archive[position..<position + size].withUnsafeBytes { try file.write($0, at: 0) }
            default: throw TestFailure("\(name) has the type \(kind)")
            }
            position += (size + 511) / 512 * 512
        }
    }
}

/// What the official clients saw.
struct ApacheManifest: Decodable {
    struct Topic: Decodable {
        let topicId: String
        let `internal`: Bool
        let configs: [String: Config]
        let partitions: [Partition]
    }

    struct Config: Decodable {
        let value: String
        let source: String
    }

    struct Partition: Decodable {
        let partition: Int32
        let logStartOffset: Int64
        let highWatermark: Int64
        let lastStableOffset: Int64
        let latestLeaderEpoch: Int32
        let maxTimestamp: Point
        let offsetsForTimes: [Lookup]
        let activeProducers: [Producer]?
        let recordsReadUncommitted: [Entry]
        let readCommittedOffsets: [Int64]
    }

    struct Producer: Decodable, Hashable {
        let producerId: Int64
        let producerEpoch: Int32
        let lastSequence: Int32
        let lastTimestamp: Int64
        let coordinatorEpoch: Int32
        let currentTransactionStartOffset: Int64
    }

    struct Transaction: Decodable, Hashable {
        let transactionalId: String
        let producerId: Int64
        let state: String
        let producerEpoch: Int16
        let timeoutMs: Int32
        let startTimeMs: Int64?
        let topicPartitions: Set<String>
    }

    struct Point: Decodable, Hashable {
        let offset: Int64
        let timestamp: Int64
        var leaderEpoch: Int32?
    }

    struct Lookup: Decodable {
        let time: Int64
        let readUncommitted: Point?
        let readCommitted: Point?
    }

    struct Entry: Decodable, Hashable {
        struct Header: Decodable, Hashable {
            let key: String
            let value: String?
        }

        let offset: Int64
        let timestamp: Int64
        let timestampType: String
        let key: String?
        let keyB64: String?
        let value: String?
        let valueB64: String?
        let leaderEpoch: Int32?
        let headers: [Header]
    }

    struct Group: Decodable {
        struct Committed: Decodable, Hashable {
            let topic: String
            let partition: Int32
            let offset: Int64
            let leaderEpoch: Int32
            let metadata: String
        }

        let state: String
        let type: String
        let offsets: [Committed]
    }

    struct Quota: Decodable, Hashable {
        let entity: [String: String?]
        let values: [String: Double]
    }

    let clusterId: String
    let finalizedFeatures: [String: Int16]
    let topics: [String: Topic]
    let groups: [String: Group]
    let dynamicConfigs: [String: [String: Config]]
    let transactions: [Transaction]
    let clientQuotas: [Quota]
    let userScram: [String: String]
}
