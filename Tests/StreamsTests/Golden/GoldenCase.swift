import Foundation

/// A run of the official Kafka Streams: a topology in words, what `describe()` printed, and each input with its outputs.
struct GoldenCase: Decodable {
    struct Step: Decodable {
        let topic: String
        let key: String?
        let value: String?
        let timestamp: Int64
        let thenAdvanceWallClockMs: Int64?
        /// Key and value in hex, `null` for a null value.
        let headers: [[String]]?
        /// What the official one ended with, where it did.
        let error: String?
        let outputs: [Output]
    }

    struct Output: Decodable, CustomStringConvertible {
        let topic: String
        /// Hex; nil for null.
        let key: String?
        let value: String?
        /// Nil where the producer sets it.
        let timestamp: Int64?
        let headers: [[String]]?

        var description: String {
            let text =
                "\(topic): key \(key ?? "null"), value \(value ?? "null"), timestamp \(timestamp.map { String($0) } ?? "none")"
            guard let headers, !headers.isEmpty else { return text }
            return "\(text), headers \(headers)"
        }
    }

    let name: String
    /// A random topology's steps; nil where the topology is known by its name.
    let spec: [String]?
    let optimization: String?
    /// `statestore.cache.max.bytes`, 0 where it is not told.
    let cacheBytes: Int?
    /// Both emit intervals, 0 where they are not told.
    let emitIntervalMs: Int64?
    /// What the topology was refused with, where it was.
    let buildError: String?
    let describe: String
    let steps: [Step]

    enum CodingKeys: String, CodingKey {
        case name = "case"
        case spec, optimization, cacheBytes, emitIntervalMs, buildError, describe, steps
    }

    /// All runs of a file, in its order.
    static func all(_ name: String = "cases") throws -> [GoldenCase] {
        guard let file = Bundle.module.url(forResource: name, withExtension: "jsonl", subdirectory: "Data") else {
            throw CocoaError(.fileNoSuchFile)
        }
        let decoder = JSONDecoder()
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(GoldenCase.self, from: $0)
        }
    }
}
