import Records

/// The name of a task: the sub-topology and the partition that it works on, written as Kafka does: `1_0`.
public struct TaskID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of its sub-topology.
    public let subTopology: Int
    /// The partition that it works on.
    public let partition: PartitionIndex

    /// The name of a sub-topology's task for a partition.
    public init(subTopology: Int, partition: PartitionIndex) {
        self.subTopology = subTopology
        self.partition = partition
    }

    public static func < (a: TaskID, b: TaskID) -> Bool {
        (a.subTopology, a.partition) < (b.subTopology, b.partition)
    }

    public var description: String { "\(subTopology)_\(partition)" }
}
