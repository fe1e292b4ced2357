import Foundation
import Records

@testable import KafkaProtocol

/// Facts and golden bytes of the official release 4.3; see Data/.
enum TestData {
    /// A message as the official Java client wrote it, and what its reader sees.
    struct Vector: Sendable {
        let message: String
        let version: Int16
        let bytes: Bytes
        let jsonLine: String
    }

    static let vectors: [Vector] = lines("message-vectors.jsonl").compactMap { line in
        guard let object = object(line), let message = object["message"] as? String,
            let version = object["version"] as? Int, let hex = object["hex"] as? String
        else { return nil }
        return Vector(message: message, version: Int16(version), bytes: bytes(hex: hex), jsonLine: line)
    }

    static let messagesByName: [String: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: KafkaMessages.all.map { ($0.messageName, $0) })

    static func lines(_ file: String) -> [String] {
        guard let url = Bundle.module.url(forResource: file, withExtension: nil, subdirectory: "Data"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// The rows of a table without its head.
    static func rows(_ file: String) -> [[String]] {
        lines(file).dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    static func object(_ line: String) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    }

    static func bytes(hex: String) -> Bytes {
        func digit(_ character: UInt8) -> UInt8 { character < 58 ? character - 48 : character - 87 }
        let digits = Array(hex.utf8)
        let starts = stride(from: 0, to: digits.count - 1, by: 2)
        return Bytes(starts.map { digit(digits[$0]) << 4 | digit(digits[$0 + 1]) })
    }
}
