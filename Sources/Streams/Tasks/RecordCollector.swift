import Records

/// Where a task's output goes: to a producer in an application, into a list in the test driver.
///
/// Called on the task's thread, one record at a time, in order. The pointers are valid only during the call.
public protocol RecordCollector: AnyObject {
    /// Takes a record that an operator or a store's changelog sends.
    ///
    /// A nil `partition` leaves the choice to the producer: by murmur2 of the key, or any where there is no key.
    func send(
        topic: TopicName,
        partition: PartitionIndex?,
        timestamp: Timestamp,
        key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: [Header]
    ) throws

    /// How many partitions a topic has, for a partitioner of the user's.
    func partitionCount(of topic: TopicName) throws -> Int32
}
