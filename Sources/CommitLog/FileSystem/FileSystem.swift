/// Where a log lives: the files and directories that the commit log needs, and nothing more.
///
/// Handed in, so that the same log runs on a disk (``RealFileSystem``) and in a simulated one that loses what was not
/// synced (``MemoryFileSystem``). Paths are absolute or relative as the implementation understands them; the commit log
/// only joins them with `/`.
///
/// Every operation is synchronous and may be called from any thread.
public protocol FileSystem: Sendable {
    /// Opens a file; ``FileAccess/create`` makes it where it is missing. It closes when its last reference goes.
    func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> any File
    /// What stands at `path`, nil where nothing does.
    func status(of path: String) throws(FileSystemError) -> FileStatus?
    /// The names in a directory, in no order, without `.` and `..`.
    func list(_ directory: String) throws(FileSystemError) -> [String]
    /// Makes a directory, and those above it that are missing; nothing happens where it exists.
    func createDirectory(_ path: String) throws(FileSystemError)
    /// Moves a file or directory; a file in the way is replaced in one step.
    func rename(_ path: String, to target: String) throws(FileSystemError)
    /// Removes a file; false where there was none.
    @discardableResult
    func remove(_ path: String) throws(FileSystemError) -> Bool
    /// Removes an empty directory; false where there was none.
    @discardableResult
    func removeDirectory(_ path: String) throws(FileSystemError) -> Bool
    /// Makes the entries of a directory durable: files made, renamed and removed in it until now.
    func syncDirectory(_ path: String) throws(FileSystemError)
    /// How large the file system at `path` is; nil where it has no limit.
    func space(at path: String) throws(FileSystemError) -> FileSystemSpace?
}

/// What ``FileSystem/space(at:)`` tells.
public struct FileSystemSpace: Sendable, Hashable {
    public var totalBytes: Int64
    /// What this process may still fill.
    public var usableBytes: Int64

    public init(totalBytes: Int64, usableBytes: Int64) {
        self.totalBytes = totalBytes
        self.usableBytes = usableBytes
    }
}

/// How a file is opened.
public enum FileAccess: Sendable {
    /// The file must exist.
    case read
    /// The file must exist.
    case readWrite
    /// To read and write; made empty where it is missing.
    case create
}

/// What ``FileSystem/status(of:)`` tells.
public struct FileStatus: Sendable, Hashable {
    public var isDirectory: Bool
    public var sizeInBytes: Int64
    /// Milliseconds since 1970.
    public var modifiedMs: Int64

    public init(isDirectory: Bool, sizeInBytes: Int64, modifiedMs: Int64) {
        self.isDirectory = isDirectory
        self.sizeInBytes = sizeInBytes
        self.modifiedMs = modifiedMs
    }
}

/// An open file. Positions are from its start; there is no cursor. Closes when its last reference goes, so that a region
/// of a file that was meanwhile removed can still be sent.
public protocol File: AnyObject, Sendable {
    /// The path it was opened under; a later rename does not change it.
    var path: String { get }
    /// An operating system's descriptor to send from, nil where there is none.
    var descriptor: Int32? { get }
    func size() throws(FileSystemError) -> Int64
    /// Fills `buffer` from `position`; returns how many bytes there were, fewer than asked only at the file's end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int
    /// Writes all of `bytes`, extending the file where needed. After an error any part of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError)
    func truncate(to size: Int64) throws(FileSystemError)
    /// Makes contents and size durable. After an error nothing may be assumed of what was written since the last success.
    func sync() throws(FileSystemError)
}

/// An operation on a file that failed: which, on what path, with the operating system's number.
public struct FileSystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call's name, for example `pwrite`.
    public var operation: String
    public var path: String
    /// `errno`; 0 where the reason is not the operating system's.
    public var code: Int32
    public var reason: String

    public init(operation: String, path: String, code: Int32, reason: String) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = reason
    }

    /// Whether what was written before may be lost although nothing said so: then another sync proves nothing.
    var isFailedSync: Bool { operation.contains("sync") || operation.contains("FULLFSYNC") }

    public var description: String {
        code == 0 ? "\(operation) \(path): \(reason)" : "\(operation) \(path): \(reason) (errno \(code))"
    }
}
