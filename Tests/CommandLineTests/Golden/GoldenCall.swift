import Foundation
import Testing

/// A call of a Kafka tool, and what came back: a line of `recording.jsonl`, which holds the whole recording, in order.
///
/// State carries over from one call to the next. `{broker}` stands for the broker's address.
struct GoldenCall: Decodable, Sendable, CustomTestStringConvertible {
    let n: Int
    /// A tool's name, or `(setup)`, `(background)`, `(background-stop)`.
    let tool: String
    let args: [String]
    let stdin: String?
    let exit: Int32?
    let stdout: String?
    let stderr: String?
    let note: String
    /// Files that the call reads, by name.
    let files: [String: String]?

    var testDescription: String { "\(n): \(tool) \(args.joined(separator: " "))" }

    /// Whether the recording says what came back.
    var isGiven: Bool { stdout != nil }

    /// The whole recording, in its order.
    static let recording = read("recording")

    private static func read(_ name: String) -> [GoldenCall] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Data/\(name).jsonl")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(GoldenCall.self, from: Data($0.utf8))
        }
    }

    static func call(_ n: Int) throws -> GoldenCall {
        guard let call = recording.first(where: { $0.n == n }) else { throw Missing(n: n) }
        return call
    }

    struct Missing: Error { let n: Int }
}
