import Records

/// A store of one's own as what lies below a layer. Changes reach it as they are handed out, not with the commit.
final class OwnStoreBacking: StoreBacking {
    private let store: any BytesStore

    init(_ store: any BytesStore, _ context: any StateStoreContext) throws {
        self.store = store
        try store.open(context)
    }

    var committedOffset: Offset? { store.committedOffset }

    var approximateKeyCount: Int64 { store.approximateEntryCount }

    func get(_ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) throws -> Bool {
        guard let value = try store.get(Bytes(copying: key)) else { return false }
        value.withUnsafeBytes(body)
        return true
    }

    func makeCursor(
        from lower: UnsafeRawBufferPointer?,
        before upper: UnsafeRawBufferPointer?
    ) throws -> any BackingCursor {
        OwnStoreCursor(store, from: lower.map { Bytes(copying: $0) }, before: upper.map { Bytes(copying: $0) })
    }

    func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws {
        try store.put(Bytes(copying: key), Bytes(copying: value))
    }

    func delete(_ key: UnsafeRawBufferPointer) throws { try store.put(Bytes(copying: key), nil) }

    func deleteAll(before bound: UnsafeRawBufferPointer) throws { try store.removeAll(before: Bytes(copying: bound)) }

    func finishBatch(_ offset: Offset?) throws { try store.commit(offset) }

    func wipe() throws { try store.wipe() }

    func close() { store.close() }
}

/// A range of a store of one's own, in the direction in which it is begun.
private final class OwnStoreCursor: BackingCursor {
    private let store: any BytesStore
    private let lower: Bytes?
    private let upper: Bytes?
    private var iterator: KeyValueIterator<Bytes, Bytes>?
    private var current: (key: Bytes, value: Bytes)?
    private var failure: (any Error)?

    init(_ store: any BytesStore, from lower: Bytes?, before upper: Bytes?) {
        (self.store, self.lower, self.upper) = (store, lower, upper)
    }

    func seekToFirst() { begin(isReverse: false) }
    func seekToLast() { begin(isReverse: true) }

    private func begin(isReverse: Bool) {
        close()
        do {
            iterator = try store.range(from: lower, before: upper, isReverse: isReverse)
        } catch {
            failure = error
        }
        next()
    }

    func next() {
        do {
            current = try iterator?.next()
        } catch {
            (current, failure) = (nil, error)
        }
    }

    func previous() { next() }

    var isValid: Bool { current != nil }
    var key: UnsafeRawBufferPointer {
        current?.key.withUnsafeBytes { $0 } ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    var value: UnsafeRawBufferPointer {
        current?.value.withUnsafeBytes { $0 } ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    func checkEnd() throws {
        if let failure { throw failure }
    }

    func close() {
        iterator?.close()
        (iterator, current) = (nil, nil)
    }
}
