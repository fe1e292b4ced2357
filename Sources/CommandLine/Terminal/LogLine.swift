import Logging
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A line of a log as Kafka's default layout has it, so that what people grep for stays where it was:
/// `[2026-11-21 04:06:30,123] INFO message (logger)`.
enum LogLine {
    /// The line with its end, in local time.
    static func text(
        _ level: Logger.Level,
        _ message: String,
        logger: String,
        at time: Timestamp = .now()
    ) -> String {
        "[\(text(time))] \(name(level)) \(message) (\(logger))\n"
    }

    private static func name(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }

    private static func text(_ time: Timestamp) -> String {
        var seconds = time_t(time.rawValue / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var text = [UInt8](repeating: 0, count: 32)
        let count = text.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, "%Y-%m-%d %H:%M:%S", &parts) }
        }
        let milliseconds = String(time.rawValue % 1000)
        let padding = String(repeating: "0", count: max(0, 3 - milliseconds.count))
        return String(decoding: text[..<count], as: UTF8.self) + "," + padding + milliseconds
    }
}
