import Records

/// The records of one input partition that the task has not processed yet: batches as they arrived, and a cursor.
///
/// A record is not taken out of its batch before it is processed; only the head's time is known ahead.
/// Invariant: the pointers of `head` lie in the batch that `reader` holds, unless the queue is empty.
final class PartitionQueue {
    let topicPartition: TopicPartition
    let source: SourceEntry
    private let scope: NodeScope
    private let context: ProcessingContext

    // One thread uses a queue, and its loop is the task's innermost: dynamic checks of exclusive access would show.
    @exclusivity(unchecked) private var batches: [RecordBatch] = []
    @exclusivity(unchecked) private var nextBatch = 0
    @exclusivity(unchecked) private var reader: RecordReader?
    /// The next record; it means nothing while there is none.
    @exclusivity(unchecked) private(set) var head = RawRecord()
    @exclusivity(unchecked) private(set) var isEmpty = true
    /// Records below are not for this task: a batch may begin before the position that was asked for.
    @exclusivity(unchecked) private var position = Offset(Int64.min)
    /// The highest timestamp taken from this queue.
    @exclusivity(unchecked) var partitionTime = Timestamp.none
    /// The offset after the last record taken, dropped or skipped; nil before the first.
    @exclusivity(unchecked) private(set) var consumed: Offset?
    /// Records that are waiting, control records not counted off.
    @exclusivity(unchecked) private(set) var count = 0
    /// Records on the broker beyond those fetched; nil when that was never told.
    var lag: Int64?
    /// Until when the task waits for a record of this partition, where it waits.
    var idleDeadline: Int64?

    init(topicPartition: TopicPartition, source: SourceEntry, scope: NodeScope, context: ProcessingContext) {
        self.topicPartition = topicPartition
        self.source = source
        self.scope = scope
        self.context = context
    }

    var headTimestamp: Timestamp { isEmpty ? .none : head.timestamp }

    /// Appends batches; records below `position` are passed over.
    func add(_ batches: [RecordBatch], from position: Offset) throws {
        if self.batches.isEmpty { self.position = max(self.position, position) }
        self.batches += batches
        for batch in batches { count += Int(batch.recordCount) }
        if isEmpty { try advance() }
    }

    /// Takes the head away, after it was processed, and looks for the next record.
    func removeHead() throws {
        if isEmpty { return }
        consumed = head.offset + 1
        try advance()
    }

    func clear() {
        batches = []
        nextBatch = 0
        reader = nil
        isEmpty = true
        count = 0
    }

    /// Finds the next record that has a valid time.
    private func advance() throws {
        while true {
            while let view = try reader?.next() {
                count -= 1
                guard view.offset >= position else { continue }
                if let timestamp = try timestamp(of: view) {
                    show(view, timestamp)
                    return
                }
                consumed = view.offset + 1
            }
            guard try openNextBatch() else { break }
        }
        isEmpty = true
    }

    /// Makes a record the head, part by part: put together first, it would go through memory twice.
    @inline(__always)
    private func show(_ view: RecordView, _ timestamp: Timestamp) {
        head.key = view.keyBytes
        head.value = view.valueBytes
        head.timestamp = timestamp
        head.offset = view.offset
        if view.headerCount > 0 || !head.headers.isEmpty { head.headers = view.headers() }
        isEmpty = false
    }

    /// Makes the next batch with data the current one; false when there is none.
    private func openNextBatch() throws -> Bool {
        while nextBatch < batches.count {
            let batch = batches[nextBatch]
            nextBatch += 1
            if batch.isControl {
                count -= Int(batch.recordCount)
                consumed = batch.nextOffset
                continue
            }
            reader = try batch.makeRecordReader()
            return true
        }
        batches.removeAll(keepingCapacity: true)
        nextBatch = 0
        reader = nil
        return false
    }

    /// The record's time; nil when it is invalid and the record dropped.
    private func timestamp(of view: RecordView) throws -> Timestamp? {
        guard let extractor = source.extractor else {
            if view.timestamp.rawValue >= 0 { return view.timestamp }
            throw StreamsException(
                "The record has the negative timestamp \(view.timestamp); it may come from a producer older than 0.10",
                operatorName: source.name,
                metadata: metadata(of: view)
            )
        }
        let timestamp = try extractor(view, partitionTime)
        if timestamp.rawValue >= 0 { return timestamp }
        scope.drop(.invalidTimestamp)
        return nil
    }

    func metadata(of view: RecordView) -> RecordMetadata {
        RecordMetadata(topic: topicPartition.topic, partition: topicPartition.partition, offset: view.offset)
    }
}
