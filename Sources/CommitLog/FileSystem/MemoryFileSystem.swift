import Records
import Synchronization

/// A disk in memory that behaves as a real one does in its worst hour: it can stop at any operation, tear the write that
/// it stopped in, and forget what was not synced.
///
/// Tests and simulations run a log on it, let it die, and open the log again:
///
/// ```swift
/// let disk = MemoryFileSystem()
/// disk.stop(afterOperations: 17)          // the 18th change fails half done, and so does all after it
/// ...
/// disk.restart(seed: 4)                   // power comes back; unsynced bytes and names are partly or wholly gone
/// ```
///
/// What survives a restart: contents up to the last `sync()` of a file, names up to the last `syncDirectory(_:)`, and of
/// what came after a part that the seed chooses: the changes of a directory up to some point, and of a file's writes
/// up to some point (``Loss/tail``) or any of them (``Loss/scattered``), the last of them cut at any byte.
///
/// Invariant: everything lies behind one lock, so any thread may use it.
public final class MemoryFileSystem: FileSystem {
    /// How unsynced writes are lost by ``restart(seed:loss:)``.
    public enum Loss: Sendable {
        /// All of them, to the last name.
        case everything
        /// Each file and directory keeps its changes up to a point of its own.
        case tail
        /// Each write may be kept or lost for itself, as a page cache may have written them; the names as with `tail`.
        case scattered
        /// None: the process died, not the machine.
        case nothing
    }

    /// A change that is about to happen, as a fault hook sees it.
    public struct Change: Sendable {
        /// `open`, `write`, `truncate`, `sync`, `rename`, `remove`, `mkdir`, `rmdir`, `syncdir`.
        public var operation: String
        public var path: String
        /// For a write, how many bytes.
        public var byteCount: Int
    }

    private let disk: Mutex<MemoryDisk>

    public init() {
        disk = Mutex(MemoryDisk())
    }

    // MARK: Faults

    /// Lets `count` more changes happen; the next is left half done and fails, as does every operation after it.
    public func stop(afterOperations count: Int) {
        disk.withLock { $0.remainingChanges = count }
    }

    /// Changes since the start, whether they failed or not: a run's length for ``stop(afterOperations:)``.
    public var changeCount: Int { disk.withLock { $0.changeCount } }

    /// Whether ``stop(afterOperations:)`` has struck.
    public var isStopped: Bool { disk.withLock { $0.isStopped } }

    /// Asked before every change; an `errno` that it returns fails the change; a write that fails leaves half of its bytes.
    public func injectFaults(_ fault: (@Sendable (Change) -> Int32?)?) {
        disk.withLock { $0.fault = fault }
    }

    /// How many bytes files may hold together; writes beyond fail with ENOSPC. Nil is no limit.
    public func limitCapacity(to bytes: Int?) {
        disk.withLock { $0.capacity = bytes }
    }

    /// Takes the power away and brings it back: open files are dead, what was not synced is lost as `loss` says.
    public func restart(seed: UInt64, loss: Loss = .tail) {
        disk.withLock { $0.restart(seed: seed, loss: loss) }
    }

    /// A second disk with the same contents, nothing of it unsynced.
    public func copy() -> MemoryFileSystem {
        let copy = MemoryFileSystem()
        let tree = disk.withLock { $0.frozen() }
        copy.disk.withLock { $0 = tree }
        return copy
    }

    // MARK: FileSystem

    public func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> any File {
        let (id, incarnation) = try locked { (disk) throws(FileSystemError) in
            (try disk.open(path, access), disk.incarnation)
        }
        return MemoryFile(path: path, id: id, incarnation: incarnation, fileSystem: self)
    }

    public func status(of path: String) throws(FileSystemError) -> FileStatus? {
        try locked { (disk) throws(FileSystemError) in try disk.status(of: path) }
    }

    public func list(_ directory: String) throws(FileSystemError) -> [String] {
        try locked { (disk) throws(FileSystemError) in try disk.list(directory) }
    }

    public func createDirectory(_ path: String) throws(FileSystemError) {
        try locked { (disk) throws(FileSystemError) in try disk.createDirectory(path) }
    }

    public func rename(_ path: String, to target: String) throws(FileSystemError) {
        try locked { (disk) throws(FileSystemError) in try disk.rename(path, to: target) }
    }

    public func remove(_ path: String) throws(FileSystemError) -> Bool {
        try locked { (disk) throws(FileSystemError) in try disk.remove(path, isDirectory: false) }
    }

    public func removeDirectory(_ path: String) throws(FileSystemError) -> Bool {
        try locked { (disk) throws(FileSystemError) in try disk.remove(path, isDirectory: true) }
    }

    public func syncDirectory(_ path: String) throws(FileSystemError) {
        try locked { (disk) throws(FileSystemError) in try disk.syncDirectory(path) }
    }

    public func space(at path: String) throws(FileSystemError) -> FileSystemSpace? {
        disk.withLock { $0.space }
    }

    /// Typed throws through `Mutex.withLock`, which infers them only for closures that say so.
    func locked<R: Sendable>(
        _ body: (inout MemoryDisk) throws(FileSystemError) -> R
    ) throws(FileSystemError) -> R {
        let result: Result<R, FileSystemError> = disk.withLock { disk in
            do throws(FileSystemError) { return .success(try body(&disk)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// An open file of a ``MemoryFileSystem``; dead after a restart.
final class MemoryFile: File {
    let path: String
    private let id: Int
    private let incarnation: Int
    private let fileSystem: MemoryFileSystem

    init(path: String, id: Int, incarnation: Int, fileSystem: MemoryFileSystem) {
        self.path = path
        self.id = id
        self.incarnation = incarnation
        self.fileSystem = fileSystem
    }

    var descriptor: Int32? { nil }

    func size() throws(FileSystemError) -> Int64 {
        try fileSystem.locked { (disk) throws(FileSystemError) in
            Int64(try disk.contents(of: id, incarnation, path).bytes.count)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int {
        let target = UnsafeTransfer(buffer)
        return try fileSystem.locked { (disk) throws(FileSystemError) in
            let bytes = try disk.contents(of: id, incarnation, path).bytes
            guard position >= 0, position < Int64(bytes.count) else { return 0 }
            let count = min(target.value.count, bytes.count - Int(position))
            bytes.withUnsafeBytes { source in
                target.value.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[Int(position)..<Int(position) + count])
                )
            }
            return count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError) {
        let copy = [UInt8](bytes)
        try fileSystem.locked { (disk) throws(FileSystemError) in
            try disk.write(copy, at: Int(position), to: id, incarnation, path)
        }
    }

    func truncate(to size: Int64) throws(FileSystemError) {
        try fileSystem.locked { (disk) throws(FileSystemError) in
            try disk.truncate(id, incarnation, path, to: Int(size))
        }
    }

    func sync() throws(FileSystemError) {
        try fileSystem.locked { (disk) throws(FileSystemError) in try disk.sync(id, incarnation, path) }
    }
}

/// A pointer that crosses into a lock's closure and is used only while that runs.
private struct UnsafeTransfer: @unchecked Sendable {
    let value: UnsafeMutableRawBufferPointer
    init(_ value: UnsafeMutableRawBufferPointer) { self.value = value }
}
