import Synchronization

/// A file of entries of one size in ascending order: the common part of `.index` and `.timeindex`.
///
/// Entries are appended in memory and written a block at a time, since a crash loses at most what recovery builds again
/// from the log. The newest entries stay in memory, so that lookups near the log's end touch no file; older ones are
/// searched in the file, one small read a step.
///
/// Invariant: the file holds entries 0 to `written`; `tail` holds entries `tailStart` to `count`; `tailStart <= written`.
final class IndexFile: Sendable {
    private struct State {
        /// Nil until the file's size was looked up.
        var count: Int?
        var written = 0
        var tail: [UInt8] = []
        var tailStart = 0
        var isUnsynced = false
        var isActive = false
    }

    private static let spillThreshold = 512
    private static let blockEntries = 256

    let entrySize: Int
    private let file: LazyFile
    private let state = Mutex(State())

    init(path: String, entrySize: Int, fileSystem: any FileSystem) {
        self.entrySize = entrySize
        file = LazyFile(path: path, fileSystem: fileSystem, isRetained: false)
    }

    var path: String { file.path }

    // MARK: Life

    /// A segment that is written: keeps the file open and the newest entries in memory. `isNew` starts without entries.
    func activate(isNew: Bool) throws(FileSystemError) {
        file.retain(true)
        try state.withLock { (state) throws(FileSystemError) in
            state.isActive = true
            if isNew {
                try file.open(.create).truncate(to: 0)
                state.count = 0
                state.written = 0
                state.tail = []
                state.tailStart = 0
                state.isUnsynced = true
            } else {
                let count = try load(&state)
                let start = max(0, min(count - Self.blockEntries, state.written))
                guard state.tailStart > start else { return }
                let missing = try readEntries(from: start, to: state.tailStart)
                guard missing.count == (state.tailStart - start) * entrySize else { return }
                state.tail.insert(contentsOf: missing, at: 0)
                state.tailStart = start
            }
        }
    }

    /// A segment that is complete: all entries go to the file, which is cut to them and let go.
    func deactivate() throws(FileSystemError) {
        try trim()
        state.withLock { state in
            state.isActive = false
            state.tail = []
            state.tailStart = state.written
        }
        file.retain(false)
    }

    /// Writes what is in memory and cuts the file to exactly its entries.
    func trim() throws(FileSystemError) {
        try state.withLock { (state) throws(FileSystemError) in
            let count = try load(&state)
            try spill(&state)
            let target = try file.open(.create)
            if try target.size() != Int64(count * entrySize) {
                try target.truncate(to: Int64(count * entrySize))
                state.isUnsynced = true
            }
        }
    }

    /// Writes what is in memory and makes it durable.
    func sync() throws(FileSystemError) {
        let target: (any File)? = try state.withLock { (state) throws(FileSystemError) in
            _ = try load(&state)
            try spill(&state)
            guard state.isUnsynced else { return nil }
            state.isUnsynced = false
            return try file.open()
        }
        do throws(FileSystemError) { try target?.sync() } catch {
            state.withLock { $0.isUnsynced = true }
            throw error
        }
    }

    /// Writes what is in memory once it is a block or more; otherwise does nothing.
    func spillIfDue() throws(FileSystemError) {
        try state.withLock { (state) throws(FileSystemError) in
            guard state.tail.count >= Self.spillThreshold * entrySize else { return }
            try spill(&state)
            let kept = Self.blockEntries * entrySize
            state.tailStart += (state.tail.count - kept) / entrySize
            state.tail.removeFirst(state.tail.count - kept)
        }
    }

    func rename(to path: String) throws(FileSystemError) { try file.rename(to: path) }

    func release() { file.release() }

    // MARK: Entries

    func count() throws(FileSystemError) -> Int {
        try state.withLock { (state) throws(FileSystemError) in try load(&state) }
    }

    /// Adds an entry in memory. Only on an active index.
    func append(_ entry: (UnsafeMutableRawPointer) -> Void) {
        state.withLock { state in
            let start = state.tail.count
            state.tail.append(contentsOf: repeatElement(0, count: entrySize))
            state.tail.withUnsafeMutableBytes { tail in
                if let base = tail.baseAddress { entry(base + start) }
            }
            state.count = (state.count ?? 0) + 1
        }
    }

    /// Removes the entries from `count` on.
    func truncate(to count: Int) throws(FileSystemError) {
        try state.withLock { (state) throws(FileSystemError) in
            guard try load(&state) > count else { return }
            state.count = count
            if count <= state.tailStart {
                state.tail = []
                state.tailStart = count
            } else {
                state.tail.removeLast(state.tail.count - (count - state.tailStart) * entrySize)
            }
            if state.written > count {
                state.written = count
                try file.open().truncate(to: Int64(count * entrySize))
                state.isUnsynced = true
            }
        }
    }

    /// The entry in slot `index`, nil where there is none.
    func entry<R>(at index: Int, _ parse: (UnsafeRawPointer) -> R) throws(FileSystemError) -> R? {
        let bytes: [UInt8]? = try state.withLock { (state) throws(FileSystemError) in
            guard index >= 0, index < (try load(&state)) else { return nil }
            if index >= state.tailStart {
                let start = (index - state.tailStart) * entrySize
                return Array(state.tail[start..<start + entrySize])
            }
            return try readEntries(from: index, to: index + 1)
        }
        guard let bytes, bytes.count == entrySize else { return nil }
        return bytes.withUnsafeBytes { $0.baseAddress.map(parse) }
    }

    /// The number of leading entries for which `holds` is true, provided that it is true for none after the first for
    /// which it is false.
    func partitionPoint(_ holds: (UnsafeRawPointer) -> Bool) throws(FileSystemError) -> Int {
        // Within memory where the answer lies there; else in the file, whose entries below `limit` no longer change.
        let (found, limit): (Int?, Int) = try state.withLock { (state) throws(FileSystemError) in
            let count = try load(&state)
            let inMemory = state.tail.count / entrySize
            guard inMemory > 0 || count == 0 else { return (nil, count) }
            let local = state.tail.withUnsafeBytes { search($0, count: inMemory, holds) }
            return (local > 0 || state.tailStart == 0 ? state.tailStart + local : nil, state.tailStart)
        }
        if let found { return found }
        var low = 0
        var high = limit
        while high - low > Self.blockEntries {
            let middle = (low + high) / 2
            let bytes = try readEntries(from: middle, to: middle + 1)
            guard bytes.count == entrySize else {
                high = middle
                continue
            }
            if bytes.withUnsafeBytes({ $0.baseAddress.map(holds) ?? false }) { low = middle + 1 } else { high = middle }
        }
        let block = try readEntries(from: low, to: high)
        return low + block.withUnsafeBytes { search($0, count: block.count / entrySize, holds) }
    }

    // MARK: Private

    private func load(_ state: inout State) throws(FileSystemError) -> Int {
        if let count = state.count { return count }
        let count = Int(try file.open(.create).size()) / entrySize
        state.count = count
        state.written = count
        state.tailStart = count
        return count
    }

    private func spill(_ state: inout State) throws(FileSystemError) {
        let count = state.count ?? 0
        guard state.written < count else { return }
        let start = (state.written - state.tailStart) * entrySize
        let position = Int64(state.written * entrySize)
        let target = try file.open(.create)
        try state.tail.withUnsafeBufferPointer { (bytes) throws(FileSystemError) in
            try target.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]), at: position)
        }
        state.written = count
        state.isUnsynced = true
    }

    private func readEntries(from start: Int, to end: Int) throws(FileSystemError) -> [UInt8] {
        guard end > start else { return [] }
        let file = try file.open()
        var bytes = [UInt8](repeating: 0, count: (end - start) * entrySize)
        let position = Int64(start * entrySize)
        let count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileSystemError) in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: position)
        }
        bytes.removeLast(bytes.count - count / entrySize * entrySize)
        return bytes
    }

    private func search(_ bytes: UnsafeRawBufferPointer, count: Int, _ holds: (UnsafeRawPointer) -> Bool) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(base + middle * entrySize) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
