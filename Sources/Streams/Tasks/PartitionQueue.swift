import Records

/// The records of one input partition that the task has not processed yet: batches as they arrived, and a cursor.
///
/// A record is not taken out of its batch before it is processed; only the head's time is known ahead.
/// Invariant: `head` is nil exactly when there is no record left; its pointers lie in the batch that `reader` holds.
final class PartitionQueue {
    let topicPartition: TopicPartition
    let source: SourceEntry
    private let scope: NodeScope
    private let context: ProcessingContext

    // One thread uses a queue, and its loop is the task's innermost: dynamic checks of exclusive access would show.
    @exclusivity(unchecked) private var batches: [RecordBatch] = []
    @exclusivity(unchecked) private var nextBatch = 0
    @exclusivity(unchecked) private var reader: RecordReader?
    @exclusivity(unchecked) private(set) var head: RawRecord?
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

    var isEmpty: Bool { head == nil }
    var headTimestamp: Timestamp { head?.timestamp ?? .none }

    /// Appends batches; records below `position` are passed over.
    func add(_ batches: [RecordBatch], from position: Offset) throws {
        if self.batches.isEmpty { self.position = max(self.position, position) }
        self.batches += batches
        for batch in batches { count += Int(batch.recordCount) }
        if head == nil { try advance() }
    }

    /// Takes the head away, after it was processed, and looks for the next record.
    func removeHead() throws {
        guard let head else { return }
        consumed = head.view.offset + 1
        try advance()
    }

    func clear() {
        batches = []
        nextBatch = 0
        reader = nil
        head = nil
        count = 0
    }

    /// Finds the next record that has a valid time.
    private func advance() throws {
        head = nil
        while true {
            while let view = try reader?.next() {
                count -= 1
                guard view.offset >= position else { continue }
                if let timestamp = try timestamp(of: view) {
                    head = RawRecord(view: view, timestamp: timestamp)
                    return
                }
                consumed = view.offset + 1
            }
            guard try openNextBatch() else { return }
        }
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
