/// The memory that the stores of one thread share, and what is to happen at its limits.
///
/// | bytes of entries that | limit, by the thread | beyond it |
/// |---|---|---|
/// | are changed, not yet forwarded | ``maxBytes``: `statestore.cache.max.bytes` | the store forwards and logs its own |
/// | are changed, not yet written below | ``uncommittedMaxBytes``: KIP-892 | ``wantsCommit``; beyond half of it commits write |
/// | are as committed, kept to be read again | ``cleanMaxBytes`` | those not read for longest go |
///
/// Sizes are those of the memory taken, keys, values and bookkeeping. One thread uses a budget.
public final class CacheBudget {
    /// The most bytes of changes that caches hold back. At 0 nothing is held back, and stores behave as without
    /// caching.
    public let maxBytes: Int
    /// The bytes of changes that are not written yet at which a commit is asked for.
    public let uncommittedMaxBytes: Int
    /// The most bytes of committed entries kept in memory. No one sees them: they save reads.
    public let cleanMaxBytes: Int

    /// The bytes of changes held back.
    public internal(set) var dirtyBytes = 0
    /// The bytes of changes not yet written below, those held back included.
    public internal(set) var uncommittedBytes = 0
    /// The bytes of committed entries kept.
    public internal(set) var cleanBytes = 0

    /// How far committed entries may go beyond their limit before some are given up, so that this happens seldom.
    var cleanSlackBytes = 64 << 10

    /// How many records of its changelog a store's written content may lag behind its last commit: what a crash makes it
    /// read again.
    var maxLag: Int64 = 500_000

    private var layers: [ObjectIdentifier: WeakLayer] = [:]

    private struct WeakLayer {
        weak var layer: StoreLayer?
    }

    /// Memory for stores, in bytes: for changes that caches hold back, for changes that are not written yet, and for
    /// committed entries kept for reading.
    public init(
        maxBytes: Int = 10 << 20,
        uncommittedMaxBytes: Int = 64 << 20,
        cleanMaxBytes: Int = 64 << 20
    ) {
        self.maxBytes = max(maxBytes, 0)
        self.uncommittedMaxBytes = max(uncommittedMaxBytes, 0)
        self.cleanMaxBytes = max(cleanMaxBytes, 0)
    }

    /// Whether the unwritten changes of the thread are beyond their limit.
    public var wantsCommit: Bool { uncommittedBytes > uncommittedMaxBytes }

    /// Whether committed entries have gone so far beyond their limit that some must go.
    @inline(__always)
    var isCleanExceeded: Bool { cleanBytes > cleanMaxBytes + cleanSlackBytes }

    func add(_ layer: StoreLayer) { layers[ObjectIdentifier(layer)] = WeakLayer(layer: layer) }

    func remove(_ layer: StoreLayer) { layers[ObjectIdentifier(layer)] = nil }

    /// Makes room among the committed entries: the store with the most of them gives some up. A little more than needed
    /// goes, so that this happens seldom.
    func evictClean() {
        let target = cleanMaxBytes - cleanMaxBytes / 16
        while cleanBytes > target {
            let largest = layers.values.compactMap(\.layer).max { $0.cleanBytes < $1.cleanBytes }
            guard let largest, largest.evictClean(cleanBytes - target) > 0 else { return }
        }
    }
}
