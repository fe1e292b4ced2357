import Records
import Testing

@testable import Streams

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A task's side of stores, for tests: a temporary folder, a record context, and a changelog that remembers.
final class StoreFixture: StateStoreContext {
    let taskID = TaskID(subTopology: 0, partition: 0)
    let root: String
    var taskDirectory: String { "\(root)/0_0" }
    let cacheBudget: CacheBudget
    var recordContext: ProcessorRecordContext = .none
    var timestamp: Timestamp { recordContext.timestamp }
    var isLogged = true
    private(set) var logged: [LoggedChange] = []

    struct LoggedChange: Hashable {
        let key: Bytes
        let value: Bytes?
        let timestamp: Timestamp
    }

    init(budget: CacheBudget = CacheBudget(maxBytes: 0)) {
        cacheBudget = budget
        var template = Array("/tmp/millrace-stores-XXXXXX".utf8CString)
        root = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/nonexistent"
        }
    }

    deinit {
        do {
            try FolderTree.remove(root)
        } catch {
            Issue.record(error)
        }
    }

    func changelog(of store: String) -> StoreChangelog? {
        guard isLogged else { return nil }
        return StoreChangelog(topicPartition: TopicPartition(TopicName("app-\(store)-changelog"), 0)) {
            [unowned self] key, value, timestamp in
            logged.append(
                LoggedChange(key: Bytes(copying: key), value: value.map { Bytes(copying: $0) }, timestamp: timestamp)
            )
        }
    }

    func takeLogged() -> [LoggedChange] {
        defer { logged = [] }
        return logged
    }

    func at(_ timestamp: Int64, offset: Int64 = 0, headers: [Header] = []) {
        recordContext = ProcessorRecordContext(
            timestamp: Timestamp(timestamp),
            offset: Offset(offset),
            topic: "in",
            partition: 0,
            headers: headers
        )
    }
}

/// Closes a store at the end of a test.
func closing(_ store: any StateStore) {
    do { try store.close() } catch { Issue.record(error) }
}

/// SplitMix64: the same numbers from the same seed.
struct StoreTestGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension KeyValueIterator {
    func rest() throws -> [(key: Key, value: Value)] {
        var all: [(key: Key, value: Value)] = []
        try forEach { all.append((key: $0, value: $1)) }
        return all
    }
}
