import Foundation
import Testing

/// A call of a Kafka tool, and what came back: see the README of the recording that `calls.jsonl` is taken from.
struct GoldenCall: Decodable, Sendable, CustomTestStringConvertible {
    let n: Int
    let tool: String
    let args: [String]
    let stdin: String?
    let exit: Int32?
    let stdout: String?
    let stderr: String?
    let note: String

    var testDescription: String { "\(n): \(tool) \(args.joined(separator: " "))" }

    /// Whether the recording says what came back.
    var isGiven: Bool { stdout != nil }

    /// In the recording's order.
    static let all: [GoldenCall] = {
        let url = Bundle.module.bundleURL.appendingPathComponent("Data/calls.jsonl")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(GoldenCall.self, from: Data($0.utf8))
        }
    }()

    static func call(_ n: Int) throws -> GoldenCall {
        guard let call = all.first(where: { $0.n == n }) else { throw Missing(n: n) }
        return call
    }

    struct Missing: Error { let n: Int }
}
