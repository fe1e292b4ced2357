import Records

/// What a task gives to its stores: where it is, which record it is at, and where changes are logged.
///
/// One thread uses it: the task's.
public protocol StateStoreContext: AnyObject {
    /// The task that the store belongs to.
    var taskID: TaskID { get }

    /// The task's folder: `<state.dir>/<application.id>/<task id>`, which must exist where a store is persistent.
    var taskDirectory: String { get }

    /// The memory that the stores of the thread share.
    var cacheBudget: CacheBudget { get }

    /// The record being processed. A cache that logs and forwards a change puts the change's own context here for that
    /// time, and then this one back.
    var recordContext: ProcessorRecordContext { get set }

    /// The timestamp of ``recordContext``.
    var timestamp: Timestamp { get }

    /// Where the changes of the store named `store` are logged; nil when they are not.
    func changelog(of store: String) -> StoreChangelog?

    /// Counts a record that was too old for the store named `store` to keep.
    func recordExpired(in store: String)
}

extension StateStoreContext {
    public func recordExpired(in store: String) {}
}

/// A store's changelog partition, and how its changes get there.
public struct StoreChangelog {
    /// Takes a key, a value (nil removes the key) and the record's timestamp. The bytes are valid only during the call,
    /// which must not use the store.
    public typealias Logger =
        (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp) throws -> Void

    /// Takes headers besides. A timestamp of -1 leaves the time to the producer.
    public typealias HeaderLogger =
        (
            _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp,
            _ headers: [Header]
        ) throws -> Void

    /// The changelog's topic and partition.
    public let topicPartition: TopicPartition
    /// Logs a change.
    public let log: Logger
    /// Logs a change with headers.
    public let logWithHeaders: HeaderLogger

    /// A changelog partition and how changes get there. Headers are left out unless `logWithHeaders` is given.
    public init(
        topicPartition: TopicPartition,
        log: @escaping Logger,
        logWithHeaders: HeaderLogger? = nil
    ) {
        self.topicPartition = topicPartition
        self.log = log
        self.logWithHeaders = logWithHeaders ?? { key, value, timestamp, _ in try log(key, value, timestamp) }
    }
}
