import Logging
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Takes a block of bytes; false says that nobody reads any more.
typealias BlockSink = @Sendable (UnsafeRawBufferPointer) -> Bool

/// The two ends of a tool's conversation: what it was asked for goes to `output`, everything else to `errors`.
///
/// Blocks are written as they come; nothing is held back.
struct Console: Sendable {
    /// What the tool was asked for.
    let output: BlockSink
    /// Complaints, summaries and log lines.
    let errors: BlockSink
    /// The name under which the tool logs.
    let name: String
    /// How the tool was called, for its usage; nil for as ever.
    var caller: String?
    /// What the tool reads.
    var input = STDIN_FILENO
    /// Whether the process is the tool's own: then a signal ends the tool.
    var ownsProcess = false

    /// Standard output and standard error. A write to a closed pipe says so in place of ending the process.
    static func standard(_ name: String, calledAs caller: String) -> Console {
        signal(SIGPIPE, SIG_IGN)
        return Console(
            output: { writeAll($0, to: STDOUT_FILENO) },
            errors: { writeAll($0, to: STDERR_FILENO) },
            name: name,
            caller: caller,
            ownsProcess: true
        )
    }

    /// A line for who asked.
    func print(_ line: String) { _ = Console.write(line + "\n", to: output) }

    /// A line beside the answer.
    func complain(_ line: String) { _ = Console.write(line + "\n", to: errors) }

    /// An error in the log beside the answer, in the layout of Kafka's tools.
    func logError(_ message: String) { log(.error, message) }

    /// A warning in that log.
    func logWarning(_ message: String) { log(.warning, message) }

    private func log(_ level: Logger.Level, _ message: String) {
        _ = Console.write(LogLine.text(level, message, logger: name), to: errors)
    }

    /// A logger whose warnings and errors come as ``logError(_:)`` writes them.
    var logger: Logger {
        let errors = errors
        return Logger(label: name) { LogLineHandler(label: $0, level: .warning, sink: errors) }
    }

    private static func write(_ text: String, to sink: BlockSink) -> Bool {
        var text = text
        return text.withUTF8 { sink(UnsafeRawBufferPointer($0)) }
    }
}

/// Writes the block whole; false where the descriptor takes no more.
func writeAll(_ block: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = block[...]
    while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wanted, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
