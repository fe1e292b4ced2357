/// A failure of RocksDB: what was done, where, and RocksDB's own words.
public struct RocksError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What can be done about it.
    public enum Kind: Hashable, Sendable {
        /// The folder holds no database that RocksDB can read: damaged, or not a database at all.
        case corruption
        /// Another process, or another `RocksDatabase` of this one, has the folder open.
        case locked
        /// The file system refused: a full disk, a missing right.
        case inputOutput
        /// The database was closed before the call.
        case closed
        /// Anything else; see the text.
        case other
    }

    public let kind: Kind
    /// What was being done, as a verb: "open", "write".
    public let operation: String
    /// The database's folder.
    public let path: String
    /// RocksDB's text.
    public let text: String

    init(operation: String, path: String, text: String) {
        self.operation = operation
        self.path = path
        self.text = text
        self.kind = Kind(text)
    }

    public var description: String { "RocksDB cannot \(operation) \(path): \(text)" }
}

extension RocksError.Kind {
    /// RocksDB's C API tells errors apart by their text only, which begins with the status code's name.
    fileprivate init(_ text: String) {
        if text == RocksError.closedText {
            self = .closed
        } else if text.hasPrefix("Corruption") || text.hasPrefix("Invalid argument")
            || text.hasPrefix("Not implemented")
        {
            self = .corruption
        } else if text.hasPrefix("IO error") {
            self = text.contains("lock") ? .locked : .inputOutput
        } else {
            self = .other
        }
    }
}

extension RocksError {
    static let closedText = "the database is closed"

    static func closed(operation: String, path: String) -> RocksError {
        RocksError(operation: operation, path: path, text: closedText)
    }
}
