import Records

/// A store in memory that keeps the keys used last, and forgets the one that was not used for longest when there are too
/// many: Kafka's `lruMap`.
///
/// Reading and changing a key use it; ranges do not. It holds a place for each key in a list from the one used last to the
/// one to forget first.
/// Invariant: `places` has exactly the linked slots, at most `maxEntryCount` of them between two calls.
final class LRUBytesStore: BytesStore {
    private struct Slot {
        var key: Bytes
        var value: Bytes
        var newer: Int
        var older: Int
    }

    private let maxEntryCount: Int
    private var places: [Bytes: Int] = [:]
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var (newest, oldest) = (-1, -1)
    /// Told of a key that had to go for another one.
    var onForget: ((Bytes) throws -> Void)?

    init(maxEntryCount: Int) { self.maxEntryCount = max(maxEntryCount, 1) }

    func get(_ key: Bytes) -> Bytes? {
        guard let place = places[key] else { return nil }
        use(place)
        return slots[place].value
    }

    func put(_ key: Bytes, _ value: Bytes?) throws {
        guard let value else { return remove(key) }
        if let place = places[key] {
            slots[place].value = value
            return use(place)
        }
        let slot = Slot(key: key, value: value, newer: -1, older: -1)
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        places[key] = place
        link(place)
        guard places.count > maxEntryCount else { return }
        let forgotten = slots[oldest].key
        remove(forgotten)
        try onForget?(forgotten)
    }

    func range(from: Bytes?, before: Bytes?, isReverse: Bool) -> KeyValueIterator<Bytes, Bytes> {
        let entries = places.map { (key: $0.key, value: slots[$0.value].value) }
        return .over(entries, from: from, before: before, isReverse: isReverse)
    }

    var approximateEntryCount: Int64 { Int64(places.count) }

    func wipe() {
        (places, slots, free) = ([:], [], [])
        (newest, oldest) = (-1, -1)
    }

    func close() {
        wipe()
        onForget = nil
    }

    // MARK: The list

    private func remove(_ key: Bytes) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        (slots[place].key, slots[place].value) = ([], [])
        free.append(place)
    }

    private func use(_ place: Int) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    private func link(_ place: Int) {
        (slots[place].newer, slots[place].older) = (-1, newest)
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
    }

    private func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }
}
