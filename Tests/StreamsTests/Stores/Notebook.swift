import Records
import Streams

/// A store of one's own, as plain as can be: a dictionary.
final class Notebook: BytesStore {
    private(set) var pages: [Bytes: Bytes] = [:]
    private(set) var commits = 0

    static let storage = Stores.Storage.own { _ in Notebook() }

    var approximateEntryCount: Int64 { Int64(pages.count) }
    func get(_ key: Bytes) -> Bytes? { pages[key] }
    func put(_ key: Bytes, _ value: Bytes?) { pages[key] = value }
    func commit(_ changelogOffset: Offset?) { commits += 1 }

    func range(from: Bytes?, before: Bytes?, isReverse: Bool) -> KeyValueIterator<Bytes, Bytes> {
        .over(pages.map { (key: $0.key, value: $0.value) }, from: from, before: before, isReverse: isReverse)
    }
}
