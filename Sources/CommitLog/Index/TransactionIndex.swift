import Records
import Synchronization

/// A transaction that was aborted, as a segment's `.txnindex` and a Fetch answer tell it.
///
/// | bytes | in `.txnindex` |
/// |---|---|
/// | 2 | version, 0 |
/// | 8 | producer id |
/// | 8 | first offset |
/// | 8 | last offset: that of the abort marker |
/// | 8 | last stable offset when the marker was written |
public struct AbortedTransaction: Sendable, Hashable {
    public var producerID: ProducerID
    public var firstOffset: Offset
    public var lastOffset: Offset
    public var lastStableOffset: Offset

    public init(producerID: ProducerID, firstOffset: Offset, lastOffset: Offset, lastStableOffset: Offset) {
        self.producerID = producerID
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
        self.lastStableOffset = lastStableOffset
    }
}

/// `.txnindex`: the aborted transactions whose markers lie in the segment. There is no file until there is one of them.
///
/// Invariant: last offsets ascend.
final class TransactionIndex: Sendable {
    static let entrySize = 34
    private struct State {
        var entries: [AbortedTransaction]?
        var isUnsynced = false
    }

    private let file: LazyFile
    private let fileSystem: any FileSystem
    private let state = Mutex(State())

    init(path: String, fileSystem: any FileSystem) {
        self.fileSystem = fileSystem
        file = LazyFile(path: path, fileSystem: fileSystem, isRetained: false)
    }

    var path: String { file.path }

    /// A segment that was just made has none; saves looking for the file.
    func startEmpty() { state.withLock { $0.entries = [] } }

    /// Errors: ``LogError/corruptFile(path:reason:)``: entries of an unknown version, or not in order.
    func entries() throws(LogError) -> [AbortedTransaction] {
        try state.withLock { (state) throws(LogError) in try load(&state) }
    }

    /// Adds the transactions with records from `start` up to `end` exclusively to `found`. True where no later entry, of
    /// this segment or a later one, can be one of them.
    func collect(
        from start: Offset,
        upTo end: Offset,
        into found: inout [AbortedTransaction]
    ) throws(LogError) -> Bool {
        let entries = try entries()
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].lastOffset < start { low = middle + 1 } else { high = middle }
        }
        for transaction in entries[low...] {
            if transaction.firstOffset < end { found.append(transaction) }
            if transaction.lastStableOffset >= end { return true }
        }
        return false
    }

    func append(_ transaction: AbortedTransaction) throws(LogError) {
        try state.withLock { (state) throws(LogError) in
            let count = try load(&state).count
            let bytes = Self.encoded(transaction)
            try LogError.wrap { () throws(FileSystemError) in
                try bytes.withUnsafeBufferPointer { (bytes) throws(FileSystemError) in
                    try file.open(.create).write(UnsafeRawBufferPointer(bytes), at: Int64(count * Self.entrySize))
                }
            }
            state.entries?.append(transaction)
            state.isUnsynced = true
        }
    }

    /// Removes the entries of transactions that ended at `offset` or later.
    func truncate(to offset: Offset) throws(LogError) {
        try state.withLock { (state) throws(LogError) in
            let entries = try load(&state)
            let kept = entries.prefix { $0.lastOffset < offset }
            guard kept.count < entries.count else { return }
            try LogError.wrap { () throws(FileSystemError) in
                try file.open().truncate(to: Int64(kept.count * Self.entrySize))
            }
            state.entries = Array(kept)
            state.isUnsynced = true
        }
    }

    /// Forgets all entries, readable or not.
    func reset() throws(FileSystemError) {
        try state.withLock { (state) throws(FileSystemError) in
            if try fileSystem.status(of: file.path) != nil { try file.open().truncate(to: 0) }
            state = State(entries: [], isUnsynced: true)
        }
    }

    func sync() throws(FileSystemError) {
        let isUnsynced = state.withLock { state in
            defer { state.isUnsynced = false }
            return state.isUnsynced
        }
        guard isUnsynced, try fileSystem.status(of: file.path) != nil else { return }
        do throws(FileSystemError) { try file.open().sync() } catch {
            state.withLock { $0.isUnsynced = true }
            throw error
        }
    }

    func rename(to path: String) throws(FileSystemError) { try file.rename(to: path) }

    private func load(_ state: inout State) throws(LogError) -> [AbortedTransaction] {
        if let entries = state.entries { return entries }
        let path = file.path
        let contents = try LogError.wrap { () throws(FileSystemError) in try fileSystem.contents(of: path) } ?? Bytes()
        let entries = try contents.withUnsafeBytes { (bytes) throws(LogError) in try Self.decode(bytes, path: path) }
        state.entries = entries
        return entries
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(LogError) -> [AbortedTransaction] {
        guard let base = bytes.baseAddress else { return [] }
        guard bytes.count % entrySize == 0 else {
            throw .corruptFile(path: path, reason: "\(bytes.count) bytes are no multiple of \(entrySize)")
        }
        var entries = [AbortedTransaction]()
        for position in stride(from: 0, to: bytes.count, by: entrySize) {
            let version = base.loadBigEndian(at: position, as: Int16.self)
            guard version == 0 else { throw .corruptFile(path: path, reason: "version \(version) at byte \(position)") }
            let entry = AbortedTransaction(
                producerID: ProducerID(base.loadBigEndian(at: position + 2, as: Int64.self)),
                firstOffset: Offset(base.loadBigEndian(at: position + 10, as: Int64.self)),
                lastOffset: Offset(base.loadBigEndian(at: position + 18, as: Int64.self)),
                lastStableOffset: Offset(base.loadBigEndian(at: position + 26, as: Int64.self))
            )
            guard entry.lastOffset > (entries.last?.lastOffset ?? Offset(-1)), entry.firstOffset <= entry.lastOffset
            else {
                throw .corruptFile(path: path, reason: "offsets out of order at byte \(position)")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func encoded(_ transaction: AbortedTransaction) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: entrySize)
        bytes.withUnsafeMutableBytes { buffer in
            guard let entry = buffer.baseAddress else { return }
            entry.storeBigEndian(transaction.producerID.rawValue, at: 2)
            entry.storeBigEndian(transaction.firstOffset.rawValue, at: 10)
            entry.storeBigEndian(transaction.lastOffset.rawValue, at: 18)
            entry.storeBigEndian(transaction.lastStableOffset.rawValue, at: 26)
        }
        return bytes
    }
}
