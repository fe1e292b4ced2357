import Records

/// The order in which a Java hash table of strings is walked: assignors of Java follow it, so the same input gives the
/// same assignment here.
///
/// A key's place is its hash, with the upper half folded into the lower, within a table of the smallest power of two
/// (at least 16) that is at most three quarters full; keys of one place stand in the order of their insertion. (Java
/// turns places with eight keys and more into trees, whose order differs; keys that collide so often are not met.)
package enum HashOrder {
    /// `keys`, each once, in that order.
    package static func sorted<Key>(_ keys: [Key], _ text: (Key) -> String) -> [Key] {
        let mask = tableSize(keys.count) - 1
        let places = keys.map { spread(hash(text($0))) & mask }
        return keys.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { keys[$0] }
    }

    /// Partitions, as in a set of which `mostEver` is the largest size it ever had.
    static func first(_ partitions: [TopicPartition], mostEver: Int) -> TopicPartition? {
        let mask = tableSize(max(mostEver, partitions.count)) - 1
        return partitions.indices.min {
            (spread(hash(partitions[$0])) & mask, $0) < (spread(hash(partitions[$1])) & mask, $1)
        }.map { partitions[$0] }
    }

    /// Java's hash of a string: over UTF-16, by powers of 31.
    static func hash(_ text: String) -> UInt32 {
        text.utf16.reduce(0) { $0 &* 31 &+ UInt32($1) }
    }

    private static func hash(_ partition: TopicPartition) -> UInt32 {
        (31 &+ UInt32(bitPattern: partition.partition.rawValue)) &* 31 &+ hash(partition.topic.rawValue)
    }

    private static func spread(_ hash: UInt32) -> Int { Int(hash ^ (hash >> 16)) }

    private static func tableSize(_ count: Int) -> Int {
        var size = 16
        while count > size / 4 * 3 { size *= 2 }
        return size
    }
}
