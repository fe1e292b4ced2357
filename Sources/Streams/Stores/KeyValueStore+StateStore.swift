import Records

// The task's side of the typed stores: all of it is their layer's.

extension KeyValueStore {
    public var name: String { layer.configuration.name }
    public var isPersistent: Bool { layer.isPersistent }
    public var isOpen: Bool { layer.isOpen }
    public var committedOffset: Offset? { layer.committedOffset }
    public var wantsCommit: Bool { layer.wantsCommit }
    public func open(_ context: any StateStoreContext) throws { try layer.open(context) }
    public func flush() throws { try layer.flush() }
    public func commit(_ changelogOffset: Offset?) throws { try layer.commit(changelogOffset) }
    public func finishRestore(_ nextOffset: Offset) throws { try layer.finishRestore(nextOffset) }
    public func wipe() throws { try layer.wipe() }
    public func close() throws { try layer.close() }

    public func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        try layer.restore(key, value, timestamp, offset)
    }
}

extension TimestampedKeyValueStore {
    public var name: String { layer.configuration.name }
    public var isPersistent: Bool { layer.isPersistent }
    public var isOpen: Bool { layer.isOpen }
    public var committedOffset: Offset? { layer.committedOffset }
    public var wantsCommit: Bool { layer.wantsCommit }
    public func open(_ context: any StateStoreContext) throws { try layer.open(context) }
    public func flush() throws { try layer.flush() }
    public func commit(_ changelogOffset: Offset?) throws { try layer.commit(changelogOffset) }
    public func finishRestore(_ nextOffset: Offset) throws { try layer.finishRestore(nextOffset) }
    public func wipe() throws { try layer.wipe() }
    public func close() throws { try layer.close() }

    public func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        try layer.restore(key, value, timestamp, offset)
    }
}
