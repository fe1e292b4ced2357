import Records

/// A walk over the segments of a store, one after the other, and over the keys of each; or over entries that are known.
@usableFromInline
final class SegmentedCursor {
    private let store: SegmentedStore
    private var lower: [UInt8]
    private var upper: [UInt8]
    private var segments: ClosedRange<Int64>?
    private let isReverse: Bool
    private let accepts: (UnsafeRawBufferPointer) -> Bool
    private var cursor: StoreCursor?
    /// What is left of entries in memory.
    private var entries: ArraySlice<StorePlace> = []
    /// The layer's epoch, while entries are held.
    private var epoch: Int?
    @usableFromInline private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
    @usableFromInline private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

    /// How many segments are visited one by one; more are read through as a whole.
    private static let visitLimit: Int64 = 16

    /// Entries in memory, in the order in which they are visited.
    init(_ store: SegmentedStore, _ entries: [StorePlace]) {
        self.store = store
        (lower, upper) = ([], [])
        isReverse = false
        accepts = { _ in true }
        guard !entries.isEmpty else { return }
        self.entries = entries[...]
        epoch = store.layer.epoch
        store.layer.pins += 1
    }

    deinit { close() }

    /// Keys with the same leading bytes: in each segment those from `lower` on and before `upper`, which have room for
    /// the segment at their start.
    ///
    /// - Parameters:
    ///   - from: The earliest time; earlier segments are not visited.
    ///   - to: The latest time.
    ///   - accepts: Whether a key is one that is looked for, segment included.
    init(
        _ store: SegmentedStore,
        lower: [UInt8],
        upper: [UInt8],
        from: Int64,
        to: Int64,
        isReverse: Bool,
        accepts: @escaping (UnsafeRawBufferPointer) -> Bool
    ) {
        self.store = store
        self.lower = lower
        self.upper = upper
        self.isReverse = isReverse
        self.accepts = accepts
        let first = max(store.segment(of: from), store.lowestLiveSegment)
        let last = store.segment(of: min(to, store.observedTime))
        guard first <= last, to >= 0 else { return }
        if last - first < SegmentedCursor.visitLimit {
            segments = first...last
        } else {
            span(first, last)
        }
    }

    /// All keys of the segments between two times, whatever they begin with.
    init(
        _ store: SegmentedStore,
        from: Int64,
        to: Int64,
        isReverse: Bool,
        accepts: @escaping (UnsafeRawBufferPointer) -> Bool
    ) {
        self.store = store
        (lower, upper) = ([], [])
        self.isReverse = isReverse
        self.accepts = accepts
        let first = max(store.segment(of: from), store.lowestLiveSegment)
        let last = store.segment(of: min(to, store.observedTime))
        guard first <= last, to >= 0 else { return }
        span(first, last)
    }

    private func span(_ first: Int64, _ last: Int64) {
        lower = withUnsafeBytes(of: first.bigEndian) { [UInt8]($0) }
        upper = withUnsafeBytes(of: last.addingClamped(1).bigEndian) { [UInt8]($0) }
        segments = first...first
    }

    /// Goes to the next key, whose ``key`` and ``value`` are valid until the next call; false at the end.
    @usableFromInline
    func advance() throws -> Bool {
        if let epoch { return try advance(epoch) }
        while true {
            if cursor == nil { guard try open() else { return false } }
            guard let current = cursor else { return false }
            while try current.advance() {
                guard current.key.count >= SegmentedStore.prefixSize + store.suffixSize, accepts(current.key) else {
                    continue
                }
                key = current.key
                value = current.value
                return true
            }
            current.close()
            cursor = nil
        }
    }

    private func advance(_ epoch: Int) throws -> Bool {
        let layer = store.layer
        guard layer.isOpen, layer.epoch == epoch else {
            throw InvalidStateStoreException("store \(layer.configuration.name) was closed or emptied during a range")
        }
        while let entry = entries.popFirst() {
            guard let entryValue = entry.value else { continue }
            key = entry.key
            value = entryValue
            return true
        }
        close()
        return false
    }

    private func open() throws -> Bool {
        try store.layer.checkOpen()
        guard let range = segments else { return false }
        let segment = isReverse ? range.upperBound : range.lowerBound
        if range.lowerBound == range.upperBound {
            segments = nil
        } else {
            segments =
                isReverse
                ? range.lowerBound...(range.upperBound - 1) : (range.lowerBound + 1)...range.upperBound
        }
        if lower.count > SegmentedStore.prefixSize {
            withUnsafeBytes(of: segment.bigEndian) { bytes in
                lower.replaceSubrange(..<SegmentedStore.prefixSize, with: bytes)
                upper.replaceSubrange(..<SegmentedStore.prefixSize, with: bytes)
            }
        }
        cursor = try lower.withUnsafeBytes { lower in
            try upper.withUnsafeBytes { upper in
                try StoreCursor(store.layer, from: lower, before: upper, isReverse: isReverse)
            }
        }
        return true
    }

    @usableFromInline
    func close() {
        segments = nil
        cursor?.close()
        cursor = nil
        entries = []
        if let epoch, store.layer.epoch == epoch { store.layer.unpin() }
        epoch = nil
    }
}
