import Records

/// `.kafka_cleanshutdown` in a log directory: it stands only while no broker runs and the last one closed every log.
///
/// ```
/// {"version":0,"brokerEpoch":160}
/// ```
///
/// The broker removes it before it changes anything in the directory, and writes it as its last act.
public struct CleanShutdownFile: Sendable {
    public static let name = ".kafka_cleanshutdown"
    private let path: String
    private let fileSystem: any FileSystem

    public init(in logDirectory: String, fileSystem: any FileSystem) {
        path = logDirectory + "/" + Self.name
        self.fileSystem = fileSystem
    }

    public func exists() throws(LogError) -> Bool {
        try LogError.wrap { () throws(FileSystemError) in try fileSystem.status(of: path) } != nil
    }

    /// The epoch of the broker that stopped; nil where the file is missing or does not tell.
    public func brokerEpoch() throws(LogError) -> Int64? {
        let contents = try LogError.wrap { () throws(FileSystemError) in try fileSystem.contents(of: path) }
        guard let text = contents?.utf8 else { return nil }
        // One number in a file of our own or of Kafka's making: no need for a JSON parser.
        let compact = text.filter { !$0.isWhitespace }
        let parts = compact.split(separator: "\"brokerEpoch\":", maxSplits: 1)
        guard let digits = compact.hasPrefix("\"brokerEpoch\":") ? parts.first : parts.dropFirst().first else {
            return nil
        }
        return Int64(digits.prefix { $0.isNumber || $0 == "-" })
    }

    public func write(brokerEpoch: Int64) throws(LogError) {
        let contents = Bytes(utf8: "{\"version\":0,\"brokerEpoch\":\(brokerEpoch)}")
        try LogError.wrap { () throws(FileSystemError) in try fileSystem.replace(path, with: contents) }
    }

    /// Removes the file durably, so that a crash from now on is seen as one.
    public func remove() throws(LogError) {
        try LogError.wrap { () throws(FileSystemError) in
            if try fileSystem.remove(path) { try fileSystem.syncDirectory(path.parentDirectory) }
        }
    }
}
