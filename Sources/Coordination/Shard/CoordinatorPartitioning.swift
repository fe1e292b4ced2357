import Records

/// Which partition of an internal topic coordinates an id: Java's `Utils.abs(id.hashCode()) % partitionCount`.
public enum CoordinatorPartitioning {
    /// The partition of `id` among `partitionCount`, which is at least 1.
    public static func partition(of id: String, partitionCount: Int32) -> PartitionIndex {
        let hash = javaHash(id)
        // Java's abs of the smallest Int32 would be negative; Kafka takes 0.
        let positive = hash == .min ? 0 : abs(hash)
        return PartitionIndex(positive % max(partitionCount, 1))
    }

    /// Java's `String.hashCode`: over UTF-16 units, wrapping.
    static func javaHash(_ text: String) -> Int32 {
        text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
    }
}
