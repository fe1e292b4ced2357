import Records
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder that an application's instance keeps its state in, laid out as Kafka Streams does.
///
/// ```
/// <state.dir>/<application.id>/.lock                            held by the one process that uses the folder
/// <state.dir>/<application.id>/kafka-streams-process-metadata   {"processId":"..."}
/// <state.dir>/<application.id>/0_1/.checkpoint                  task 0_1: see OffsetCheckpoint
/// <state.dir>/<application.id>/0_1/rocksdb/<store>/             one database a store
/// <state.dir>/<application.id>/global/...                       global stores, in the same way
/// ```
///
/// Within the process, a task's folder belongs to one owner at a time: see ``lock(_:owner:)``. Any thread may call.
public final class StateDirectory: Sendable {
    /// `<state.dir>/<application.id>`
    public let path: String
    /// Whether any store needs the folder; without one nothing is written to disk.
    public let isNeeded: Bool

    private let state = Mutex(State())

    private struct State {
        var lockDescriptor: Int32 = -1
        var owners: [TaskID: Int] = [:]
    }

    /// Makes the folder where it is needed. Errors: ``ProcessorStateException``.
    public init(stateDirectory: String, applicationID: String, isNeeded: Bool) throws {
        path = "\(stateDirectory)/\(applicationID)"
        self.isNeeded = isNeeded
        if isNeeded { try FolderTree.create(path) }
    }

    deinit { close() }

    // MARK: The process

    /// Takes the folder for this process, and returns the process id: the one of the last run, else a new one.
    ///
    /// Errors: ``ProcessorStateException`` when another instance has the folder.
    public func initializeProcessID(using generator: inout some RandomNumberGenerator) throws -> KafkaUUID {
        guard isNeeded else { return KafkaUUID.random(using: &generator) }
        try takeLock()
        let file = "\(path)/kafka-streams-process-metadata"
        if let text = try StateFile.read(file), let id = StateDirectory.processID(in: text) { return id }
        let id = KafkaUUID.random(using: &generator)
        try StateFile.replace(file, with: "{\"processId\":\"\(id.hyphenated)\"}")
        return id
    }

    /// Gives the folder up. Nothing happens the second time.
    public func close() {
        state.withLock { state in
            guard state.lockDescriptor >= 0 else { return }
            closeDescriptor(state.lockDescriptor)
            state.lockDescriptor = -1
        }
    }

    private func takeLock() throws {
        try state.withLock { state in
            guard state.lockDescriptor < 0 else { return }
            let file = "\(path)/.lock"
            let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else { throw FolderTree.failure("open", file) }
            guard FileLock.take(descriptor) else {
                closeDescriptor(descriptor)
                throw ProcessorStateException(
                    "\(path) is used by another instance of the application. Stop it, or set another state.dir"
                )
            }
            state.lockDescriptor = descriptor
        }
    }

    /// The id in `{"processId":"..."}`; nil for anything else, which a new id replaces.
    private static func processID(in text: String) -> KafkaUUID? {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard let name = parts.firstIndex(of: "processId"), name + 2 < parts.count else { return nil }
        guard parts[name + 1].allSatisfy({ $0 == ":" || $0.isWhitespace }) else { return nil }
        return KafkaUUID(hyphenated: Array(parts[name + 2].utf8))
    }

    // MARK: Tasks

    /// The folder of a task, made where it is missing and needed.
    public func directory(of task: TaskID) throws -> String { try makeDirectory("\(path)/\(task)") }

    /// The folder of the global stores, made where it is missing and needed.
    public func globalDirectory() throws -> String { try makeDirectory("\(path)/global") }

    /// The checkpoint file of a task.
    public func checkpoint(of task: TaskID) throws -> OffsetCheckpoint {
        OffsetCheckpoint(path: "\(try directory(of: task))/.checkpoint")
    }

    /// The checkpoint file of the global stores.
    public func globalCheckpoint() throws -> OffsetCheckpoint {
        OffsetCheckpoint(path: "\(try globalDirectory())/.checkpoint")
    }

    /// Takes a task's folder for `owner`, a number that stands for a stream thread; false when another owner has it.
    public func lock(_ task: TaskID, owner: Int) -> Bool {
        state.withLock { state in
            if let holder = state.owners[task] { return holder == owner }
            state.owners[task] = owner
            return true
        }
    }

    /// Gives a task's folder up, if `owner` has it.
    public func unlock(_ task: TaskID, owner: Int) {
        state.withLock { state in
            if state.owners[task] == owner { state.owners[task] = nil }
        }
    }

    /// The tasks that have state here, whether they are open or not: what an instance offers to take over.
    public func tasksWithState() throws -> [TaskID] {
        try taskFolders().filter { task in
            try FolderTree.names(in: "\(path)/\(task)").contains { $0 != ".checkpoint" && $0 != ".lock" }
        }
    }

    // MARK: Cleaning

    /// Removes folders of tasks that nobody owns and that have not changed for `delay`; returns which.
    public func removeAbandonedTasks(now: Timestamp, delay: Duration) throws -> [TaskID] {
        let delayMs = delay.components.seconds * 1000 + delay.components.attoseconds / 1_000_000_000_000_000
        return try taskFolders().filter { task in
            let folder = "\(path)/\(task)"
            guard let changed = FolderTree.lastModifiedMs(folder), now.rawValue - delayMs > changed else {
                return false
            }
            let cleaner = Int.min
            guard lock(task, owner: cleaner) else { return false }
            defer { unlock(task, owner: cleaner) }
            try FolderTree.remove(folder)
            return true
        }
    }

    /// Removes all state of the instance. Only while it does not run: errors with a ``ProcessorStateException`` while
    /// tasks are owned.
    public func clean() throws {
        let owned = state.withLock { $0.owners.keys.sorted() }
        guard owned.isEmpty else {
            throw ProcessorStateException("\(path) cannot be cleaned: tasks \(owned) are running")
        }
        for task in try taskFolders() { try FolderTree.remove("\(path)/\(task)") }
        try FolderTree.remove("\(path)/global")
        let rest = try FolderTree.names(in: path).filter { $0 != ".lock" && $0 != "kafka-streams-process-metadata" }
        if rest.isEmpty { try FolderTree.remove(path) }
    }

    private func taskFolders() throws -> [TaskID] {
        guard isNeeded else { return [] }
        return try FolderTree.names(in: path)
            .filter { FolderTree.isFolder("\(path)/\($0)") }
            .compactMap { TaskID(folder: $0) }
            .sorted()
    }

    private func makeDirectory(_ folder: String) throws -> String {
        if isNeeded { try FolderTree.create(folder) }
        return folder
    }
}

extension TaskID {
    /// Reads a folder's name, as `0_3`; nil for anything else.
    init?(folder name: String) {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let subTopology = Int(parts[0]), let partition = Int32(parts[1])
        else { return nil }
        self.init(subTopology: subTopology, partition: PartitionIndex(partition))
    }
}

/// A lock on a whole file that Java's `FileChannel.tryLock` respects, and that two openings in one process respect too.
private enum FileLock {
    #if canImport(Darwin)
        private static let setLock: Int32 = 90  // F_OFD_SETLK, which the header hides
    #else
        private static let setLock: Int32 = 37  // F_OFD_SETLK, which glibc shows to GNU programs only
    #endif

    static func take(_ descriptor: Int32) -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, setLock, $0) } == 0
    }
}

private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
