import Records

/// A task's memory: what processors read and write, and what survives a restart by its changelog.
///
/// The task drives a store through this order of calls, on the task's thread:
///
/// 1. ``open(_:)``, once.
/// 2. ``restore(key:value:timestamp:offset:)`` with every changelog record after ``committedOffset``, then
///    ``finishRestore(_:)``.
/// 3. The processors' calls. Changes are logged through ``StateStoreContext/changelog(of:)``.
/// 4. For each commit: ``flush()``, which may still log and forward; the task then makes the logged records durable;
///    then ``commit(_:)`` with the changelog's offset after them.
/// 5. ``close()``, once. What was not committed is lost: the changelog has it, or the transaction was aborted.
///
/// Own stores conform to this protocol; a ``StoreBuilder`` makes them, one for each task.
public protocol StateStore: AnyObject {
    /// The store's name, as in the topology.
    var name: String { get }

    /// Whether committed content survives a restart without its changelog.
    var isPersistent: Bool { get }

    /// Whether the store can be used.
    var isOpen: Bool { get }

    /// Prepares the store for use; opening twice is an error. Errors: ``ProcessorStateException``.
    func open(_ context: any StateStoreContext) throws

    /// Hands out what was held back: logs and forwards the changes in the cache.
    func flush() throws

    /// Makes all changes so far the committed content, in one step, together with the offset of the changelog's record
    /// after the last one that they are in; nil where the store has no changelog. What is in the changelog may become durable
    /// later, as long as ``committedOffset`` of a store that is opened again says how far it is.
    func commit(_ changelogOffset: Offset?) throws

    /// The offset of the last commit: restoring begins there. Nil when it is not known: restoring begins at the start.
    var committedOffset: Offset? { get }

    /// Takes one record of the changelog. A nil value removes the key. The bytes are valid only during the call.
    func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws

    /// Ends a run of restored records, with the offset after the last: all of them are committed content now.
    func finishRestore(_ nextOffset: Offset) throws

    /// Removes all content, for a changelog that must be read from its start again.
    func wipe() throws

    /// Gives up everything held; committed content stays.
    func close() throws

    /// Whether the store holds so much that is not committed that the task should commit soon.
    var wantsCommit: Bool { get }
}

extension StateStore {
    public var wantsCommit: Bool { false }
}
