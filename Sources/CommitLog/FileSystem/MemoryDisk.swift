#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The state of a ``MemoryFileSystem``: a tree of nodes, each with what is durable and the changes since.
///
/// Invariant: replaying a node's pending changes over its durable state gives its current state.
struct MemoryDisk: Sendable {
    struct FileNode: Sendable {
        var bytes: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [FileChange] = []
    }

    enum FileChange: Sendable {
        case write(position: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    struct DirectoryNode: Sendable {
        var entries: [String: Int] = [:]
        var durable: [String: Int] = [:]
        var pending: [[EntryChange]] = []
    }

    /// A name that now stands for another node, or for none.
    struct EntryChange: Sendable {
        var name: String
        var node: Int?
    }

    private static let root = 0
    private var files: [Int: FileNode] = [:]
    private var directories: [Int: DirectoryNode] = [root: DirectoryNode()]
    private var nextNode = 1

    /// Counts restarts, so that files opened before one are dead after it.
    private(set) var incarnation = 0
    private(set) var changeCount = 0
    private(set) var isStopped = false
    var remainingChanges: Int?
    var capacity: Int?
    var fault: (@Sendable (MemoryFileSystem.Change) -> Int32?)?

    init() {}

    // MARK: Reading

    func status(of path: String) throws(FileSystemError) -> FileStatus? {
        try checkRunning("stat", path)
        guard let node = resolve(path) else { return nil }
        if directories[node] != nil { return FileStatus(isDirectory: true, sizeInBytes: 0, modifiedMs: 0) }
        return FileStatus(isDirectory: false, sizeInBytes: Int64(files[node]?.bytes.count ?? 0), modifiedMs: 0)
    }

    func list(_ path: String) throws(FileSystemError) -> [String] {
        try checkRunning("opendir", path)
        guard let node = resolve(path), let directory = directories[node] else {
            throw failure("opendir", path, ENOENT)
        }
        return directory.entries.keys.sorted()
    }

    func contents(of id: Int, _ incarnation: Int, _ path: String) throws(FileSystemError) -> FileNode {
        try checkRunning("pread", path)
        guard incarnation == self.incarnation, let file = files[id] else { throw failure("pread", path, EBADF) }
        return file
    }

    // MARK: Changes of files

    mutating func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> Int {
        try checkRunning("open", path)
        if let node = resolve(path) {
            guard files[node] != nil else { throw failure("open", path, EISDIR) }
            return node
        }
        guard case .create = access else { throw failure("open", path, ENOENT) }
        let (parent, name) = try split(path, "open")
        try change("open", path)
        let node = makeNode()
        files[node] = FileNode()
        apply([EntryChange(name: name, node: node)], in: parent)
        return node
    }

    mutating func write(
        _ bytes: [UInt8],
        at position: Int,
        to id: Int,
        _ incarnation: Int,
        _ path: String
    ) throws(FileSystemError) {
        var written = bytes
        var failed: FileSystemError?
        do throws(FileSystemError) {
            _ = try contents(of: id, incarnation, path)
            try change("write", path, bytes: bytes.count)
            if let capacity, usedBytes + bytes.count > capacity { throw failure("pwrite", path, ENOSPC) }
        } catch {
            // An operation that was stopped or failed half way leaves half of it; a dead file is not written at all.
            guard incarnation == self.incarnation, error.code != EBADF, error.reason != Self.stoppedReason else {
                throw error
            }
            written = Array(bytes.prefix(bytes.count / 2))
            failed = error
        }
        files[id]?.apply(.write(position: position, bytes: written))
        if let failed { throw failed }
    }

    mutating func truncate(_ id: Int, _ incarnation: Int, _ path: String, to size: Int) throws(FileSystemError) {
        _ = try contents(of: id, incarnation, path)
        try change("truncate", path)
        files[id]?.apply(.truncate(size: size))
    }

    mutating func sync(_ id: Int, _ incarnation: Int, _ path: String) throws(FileSystemError) {
        _ = try contents(of: id, incarnation, path)
        try change("sync", path)
        files[id]?.makeDurable()
    }

    // MARK: Changes of directories

    mutating func createDirectory(_ path: String) throws(FileSystemError) {
        try checkRunning("mkdir", path)
        var node = Self.root
        for name in components(path) {
            if let child = directories[node]?.entries[name] {
                guard directories[child] != nil else { throw failure("mkdir", path, EEXIST) }
                node = child
                continue
            }
            try change("mkdir", path)
            let child = makeNode()
            directories[child] = DirectoryNode()
            apply([EntryChange(name: name, node: child)], in: node)
            node = child
        }
    }

    mutating func rename(_ path: String, to target: String) throws(FileSystemError) {
        try checkRunning("rename", path)
        let (parent, name) = try split(path, "rename")
        let (targetParent, targetName) = try split(target, "rename")
        guard let node = directories[parent]?.entries[name] else { throw failure("rename", path, ENOENT) }
        try change("rename", path)
        let added = EntryChange(name: targetName, node: node)
        if parent == targetParent {
            apply(name == targetName ? [] : [EntryChange(name: name, node: nil), added], in: parent)
        } else {
            apply([added], in: targetParent)
            apply([EntryChange(name: name, node: nil)], in: parent)
        }
    }

    mutating func remove(_ path: String, isDirectory: Bool) throws(FileSystemError) -> Bool {
        let operation = isDirectory ? "rmdir" : "remove"
        try checkRunning(operation, path)
        guard let node = resolve(path) else { return false }
        guard (directories[node] != nil) == isDirectory else {
            throw failure(operation, path, isDirectory ? ENOTDIR : EISDIR)
        }
        if let directory = directories[node], !directory.entries.isEmpty { throw failure(operation, path, ENOTEMPTY) }
        let (parent, name) = try split(path, operation)
        try change(operation, path)
        apply([EntryChange(name: name, node: nil)], in: parent)
        return true
    }

    mutating func syncDirectory(_ path: String) throws(FileSystemError) {
        try checkRunning("syncdir", path)
        guard let node = resolve(path), directories[node] != nil else { throw failure("syncdir", path, ENOENT) }
        try change("syncdir", path)
        directories[node]?.makeDurable()
    }

    // MARK: Restart

    mutating func restart(seed: UInt64, loss: MemoryFileSystem.Loss) {
        var random = SplitMix(state: seed)
        incarnation += 1
        isStopped = false
        remainingChanges = nil
        fault = nil
        // In the order of node numbers, so that a seed always gives the same disk.
        for node in directories.keys.sorted() { directories[node]?.lose(loss, &random) }
        for node in files.keys.sorted() { files[node]?.lose(loss, &random) }
        dropUnreachable()
    }

    /// The same tree with everything durable.
    func frozen() -> MemoryDisk {
        var copy = self
        copy.restart(seed: 0, loss: .nothing)
        return copy
    }

    private mutating func dropUnreachable() {
        var reachable: Set<Int> = [Self.root]
        var open = [Self.root]
        while let node = open.popLast() {
            for child in directories[node]?.entries.values ?? [:].values where reachable.insert(child).inserted {
                open.append(child)
            }
        }
        files = files.filter { reachable.contains($0.key) }
        directories = directories.filter { reachable.contains($0.key) }
    }

    // MARK: Bookkeeping

    private static let stoppedReason = "the simulated machine has stopped"

    var space: FileSystemSpace? {
        capacity.map { FileSystemSpace(totalBytes: Int64($0), usableBytes: Int64(max(0, $0 - usedBytes))) }
    }

    private var usedBytes: Int { files.values.reduce(0) { $0 + $1.bytes.count } }

    private func checkRunning(_ operation: String, _ path: String) throws(FileSystemError) {
        guard isStopped else { return }
        throw FileSystemError(operation: operation, path: path, code: 0, reason: Self.stoppedReason)
    }

    /// Counts a change, and fails it where it is the one to stop at or a fault is injected.
    private mutating func change(_ operation: String, _ path: String, bytes: Int = 0) throws(FileSystemError) {
        changeCount += 1
        if let remaining = remainingChanges {
            guard remaining > 0 else {
                isStopped = true
                throw FileSystemError(
                    operation: operation,
                    path: path,
                    code: 0,
                    reason: "the simulated machine stops here"
                )
            }
            remainingChanges = remaining - 1
        }
        let change = MemoryFileSystem.Change(operation: operation, path: path, byteCount: bytes)
        if let code = fault?(change) { throw failure(operation, path, code) }
    }

    private func failure(_ operation: String, _ path: String, _ code: Int32) -> FileSystemError {
        FileSystemError(operation: operation, path: path, code: code, reason: String(cString: strerror(code)))
    }

    private mutating func makeNode() -> Int {
        defer { nextNode += 1 }
        return nextNode
    }

    private mutating func apply(_ change: [EntryChange], in directory: Int) {
        directories[directory]?.apply(change)
    }

    private func components(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }

    private func resolve(_ path: String) -> Int? {
        var node = Self.root
        for name in components(path) {
            guard let child = directories[node]?.entries[name] else { return nil }
            node = child
        }
        return node
    }

    private func split(_ path: String, _ operation: String) throws(FileSystemError) -> (parent: Int, name: String) {
        var names = components(path)
        guard let name = names.popLast() else { throw failure(operation, path, EINVAL) }
        guard let parent = resolve(names.joined(separator: "/")), directories[parent] != nil else {
            throw failure(operation, path, ENOENT)
        }
        return (parent, name)
    }
}
