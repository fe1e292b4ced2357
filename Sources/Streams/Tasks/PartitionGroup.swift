import Records

/// The partition queues of a task, ordered by the time of their heads: the task processes the lowest first.
///
/// A binary heap. Among heads of the same time the order is that of Java's `PriorityQueue` for the same sequence of
/// insertions and removals, since it decides what is emitted.
struct PartitionGroup {
    private(set) var queues: [TopicPartition: PartitionQueue] = [:]
    /// All queues, in the order of the task's inputs.
    let all: [PartitionQueue]
    private var heap: [PartitionQueue] = []

    init(_ queues: [PartitionQueue]) {
        all = queues
        for queue in queues { self.queues[queue.topicPartition] = queue }
    }

    /// Whether any record waits.
    var hasRecords: Bool { !heap.isEmpty }
    /// Whether every queue has a record.
    var isComplete: Bool { heap.count == all.count }
    /// The queue whose head has the lowest time.
    var first: PartitionQueue? { heap.first }

    /// Whether no other queue has records; such a one stays where it is when it is taken.
    func isAlone(_ queue: PartitionQueue) -> Bool { heap.count == 1 && heap[0] === queue }

    /// Adds records to a queue and sorts it in.
    mutating func add(_ batches: [RecordBatch], to partition: TopicPartition, from position: Offset) throws {
        guard let queue = queues[partition] else {
            throw StreamsException("\(partition) is not an input of the task")
        }
        let wasEmpty = queue.isEmpty
        try queue.add(batches, from: position)
        if wasEmpty, !queue.isEmpty { insert(queue) }
    }

    /// Takes the first queue out, for as long as its head is processed. The only queue stays where it is.
    mutating func takeFirst() -> PartitionQueue? {
        guard heap.count > 1 else { return heap.first }
        let first = heap[0]
        let last = heap.removeLast()
        siftDown(last)
        return first
    }

    /// Puts the queue back that was taken, if it has records left.
    mutating func putBack(_ queue: PartitionQueue) {
        if isAlone(queue) {
            if queue.isEmpty { heap.removeLast() }
        } else if !queue.isEmpty {
            insert(queue)
        }
    }

    /// Puts a queue in, at the place that its head's time gives it.
    private mutating func insert(_ queue: PartitionQueue) {
        var index = heap.count
        heap.append(queue)
        while index > 0 {
            let parent = (index - 1) / 2
            guard queue.headTimestamp < heap[parent].headTimestamp else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = queue
    }

    mutating func clear() {
        for queue in queues.values { queue.clear() }
        heap = []
    }

    private mutating func siftDown(_ queue: PartitionQueue) {
        var index = 0
        while 2 * index + 1 < heap.count {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1].headTimestamp < heap[child].headTimestamp { child += 1 }
            guard heap[child].headTimestamp < queue.headTimestamp else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = queue
    }
}
