import KafkaProtocol
import Records
import Synchronization

/// As even as possible, then as few moves as possible, for eager groups. See KIP-54.
///
/// Subscription user data: an array (int32 count) of topics, each a name (int16 length) and an array (int32 count) of
/// partitions (int32), all of them what the member was assigned last; then the generation (int32), which older members
/// leave out.
public final class StickyAssignor: PartitionAssignor {
    public let name = "sticky"
    private let last = Mutex<(partitions: [TopicPartition], generation: Int32)?>(nil)

    /// An assignor, for one consumer.
    public init() {}

    public func onAssignment(_ assignment: PartitionAssignment, _ group: ConsumerGroupMetadata) {
        last.withLock { $0 = (assignment.partitions, group.generationID) }
    }

    public func subscriptionUserData(_ topics: Set<TopicName>) -> Bytes? {
        guard let (partitions, generation) = last.withLock({ $0 }) else { return nil }
        let byTopic = Dictionary(grouping: partitions, by: \.topic)
        let topics = HashOrder.sorted(Array(byTopic.keys).sorted()) { $0.rawValue }
        var buffer = RawBuffer(capacity: 64)
        buffer.append(int32: Int32(clamping: topics.count))
        for topic in topics {
            let name = Bytes(utf8: topic.rawValue)
            let numbers = byTopic[topic, default: []].map(\.partition.rawValue)
            buffer.append(int16: Int16(clamping: name.count))
            buffer.append(name)
            buffer.append(int32: Int32(clamping: numbers.count))
            for number in numbers { buffer.append(int32: number) }
        }
        buffer.append(int32: generation)
        return buffer.bytes()
    }

    public func assign(_ metadata: ClusterMetadata, _ group: GroupSubscription) -> [MemberID: PartitionAssignment] {
        assign(AssignablePartitions(metadata, group), group).mapValues { PartitionAssignment($0) }
    }

    func assign(_ assignable: AssignablePartitions, _ group: GroupSubscription) -> [MemberID: [TopicPartition]] {
        StickyAssignment(assignable, group, StickyAssignor.previous).result.assignment
    }

    private static func previous(_ subscription: MemberSubscription) -> StickyAssignment.Previous {
        guard let data = subscription.userData, !data.isEmpty else {
            return StickyAssignment.Previous(partitions: [], generation: nil)
        }
        return read(data) ?? StickyAssignment.Previous(partitions: [], generation: -1)
    }

    /// Nil for bytes that hold something else.
    private static func read(_ data: Bytes) -> StickyAssignment.Previous? {
        var position = 0
        func integer(_ size: Int) -> Int? {
            guard data.count - position >= size else { return nil }
            defer { position += size }
            let bits = (0..<size).reduce(UInt32(0)) { $0 << 8 | UInt32(data[position + $1]) }
            return size == 2 ? Int(Int16(truncatingIfNeeded: bits)) : Int(Int32(bitPattern: bits))
        }
        guard let topics = integer(4), topics >= 0, topics <= data.count else { return nil }
        var partitions: [TopicPartition] = []
        for _ in 0..<topics {
            guard let length = integer(2), length >= 0, data.count - position >= length,
                let name = data[position..<position + length].utf8
            else { return nil }
            position += length
            guard let count = integer(4), count >= 0, count <= data.count else { return nil }
            for _ in 0..<count {
                guard let number = integer(4) else { return nil }
                partitions.append(TopicPartition(TopicName(name), PartitionIndex(Int32(number))))
            }
        }
        return StickyAssignment.Previous(partitions: partitions, generation: integer(4).map { Int32($0) })
    }
}
