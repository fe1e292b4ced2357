import Records
import Synchronization

@testable import CommandLine

/// What a tool says, kept in memory.
final class Transcript: Sendable {
    private let kept = Mutex((output: [UInt8](), errors: [UInt8]()))

    var console: Console {
        Console(
            output: { block in
                self.kept.withLock { $0.output.append(contentsOf: block) }
                return true
            },
            errors: { block in
                self.kept.withLock { $0.errors.append(contentsOf: block) }
                return true
            },
            name: "tests"
        )
    }

    var output: String { kept.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// Standard error without log lines, whose times vary.
    var errors: String {
        let text = kept.withLock { String(decoding: $0.errors, as: UTF8.self) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.filter { !$0.hasPrefix("[2") }.joined(separator: "\n")
    }

    /// Log lines alone.
    var log: [Substring] {
        kept.withLock { String(decoding: $0.errors, as: UTF8.self) }.split(separator: "\n").filter {
            $0.hasPrefix("[2")
        }
    }
}
