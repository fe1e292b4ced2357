import Logging

/// Prints what is logged in Kafka's layout (``LogLine``), one write a line.
///
/// A broker's log goes to standard output, a tool's to standard error.
struct LogLineHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let sink: BlockSink

    init(label: String, level: Logger.Level, sink: @escaping BlockSink) {
        self.label = label
        self.sink = sink
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var details = metadata
        if let own = event.metadata { details.merge(own) { _, new in new } }
        let pairs = details.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        var line = LogLine.text(event.level, "\(event.message)\(pairs.joined())", logger: label)
        _ = line.withUTF8 { sink(UnsafeRawBufferPointer($0)) }
    }
}
