import HeapModule

/// Who wants to be woken, and when: one deadline a key.
///
/// A key may be woken early (its deadline was moved back since), never late. So moving a deadline back, which every
/// heartbeat does, costs nothing here.
///
/// Invariant: each scheduled key has an entry in the heap with exactly its deadline; other entries are stale.
struct DeadlineQueue<Key: Hashable & Comparable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let deadline: Duration
        let key: Key

        static func < (a: Entry, b: Entry) -> Bool { (a.deadline, a.key) < (b.deadline, b.key) }
    }

    private var entries = Heap<Entry>()
    private var scheduled: [Key: Duration] = [:]

    /// When to wake somebody next; possibly early.
    var earliest: Duration? { entries.min?.deadline }

    /// Wakes `key` at `deadline` at the latest.
    mutating func schedule(_ key: Key, at deadline: Duration) {
        if let current = scheduled[key], current <= deadline { return }
        scheduled[key] = deadline
        entries.insert(Entry(deadline: deadline, key: key))
    }

    /// Takes out one key that is due.
    mutating func popDue(at now: Duration) -> Key? {
        while let entry = entries.min, entry.deadline <= now {
            entries.removeMin()
            if scheduled[entry.key] == entry.deadline {
                scheduled[entry.key] = nil
                return entry.key
            }
        }
        return nil
    }
}
