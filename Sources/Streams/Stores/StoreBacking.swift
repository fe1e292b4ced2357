import Records

/// What lies below a ``StoreLayer``: the committed content of a persistent store.
///
/// Invariant: content and offset change together, in ``finishBatch(_:)``; a crash leaves what some call of it left.
protocol StoreBacking: AnyObject {
    /// The offset that came with the last batch; nil when there is none or when it cannot be trusted.
    var committedOffset: Offset? { get }

    /// An estimate of the number of keys.
    var approximateKeyCount: Int64 { get }

    /// Hands the value of `key` to `body`; false when there is none.
    func get(_ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) throws -> Bool

    /// The keys from `lower` on and before `upper`, as they are now; not on any key yet.
    func makeCursor(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?
    ) throws -> any BackingCursor

    /// Adds a change to the batch; the bytes are copied.
    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws

    /// Adds a removal to the batch.
    func delete(_ key: UnsafeRawBufferPointer) throws

    /// Adds a removal of all keys before `bound` to the batch.
    func deleteAll(before bound: UnsafeRawBufferPointer) throws

    /// Applies the batch and the offset, all or nothing, and empties it.
    func finishBatch(_ offset: Offset?) throws

    /// Removes all content and the offset.
    func wipe() throws

    func close()
}

/// A walk over a backing's keys.
protocol BackingCursor: AnyObject {
    func seekToFirst()
    func seekToLast()
    func next()
    func previous()
    var isValid: Bool { get }
    /// The key and value in place, until the cursor moves.
    var key: UnsafeRawBufferPointer { get }
    var value: UnsafeRawBufferPointer { get }
    /// Throws what ended the walk, if it was not the end of the keys.
    func checkEnd() throws
    func close()
}
