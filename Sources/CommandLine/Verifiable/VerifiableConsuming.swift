import KafkaClient
import KafkaProtocol
import Records

/// Polls until it has read enough or is asked to end, and prints what happens.
struct VerifiableConsuming: RebalanceListener {
    let topic: TopicName
    /// Nil for no limit.
    let limit: Int?
    /// Whether each poll's records are committed at once.
    let commits: Bool
    let isVerbose: Bool
    let consumer: Consumer
    let console: Console

    func run() async -> Int32 {
        let stop = StopSignal()
        let watching = console.ownsProcess ? stop.watch { [consumer] in consumer.wakeup() } : nil
        defer { watching?.cancel() }
        await onThread("verifiable-consumer") { consume { stop.isRaised } }
        return stop.exitCode
    }

    private func consume(isStopping: () -> Bool) {
        EventLine.print("startup_complete", on: console)
        do throws(KafkaError) {
            try consumer.subscribe([topic], listener: self)
            var count = 0
            while limit.map({ count < $0 }) ?? true, !isStopping() {
                let fetched = try consumer.pollBlocking(timeout: .seconds(3600))
                let offsets = try read(fetched, &count)
                if commits, !offsets.isEmpty { commit(offsets) }
            }
        } catch {
            if !isStopping() { console.logError("Error during processing, terminating consumer process: \(error)") }
        }
        do throws(KafkaError) {
            try consumer.closeBlocking()
        } catch {
            console.logError("\(error)")
        }
        EventLine.print("shutdown_complete", on: console)
    }

    /// Tells of the records; the offsets after the last of each partition.
    private func read(
        _ fetched: [FetchedPartition],
        _ count: inout Int
    ) throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        var offsets: [TopicPartition: OffsetAndMetadata] = [:]
        var summaries: [JSONValue] = []
        var all = 0
        for part in fetched {
            let records: [ConsumerRecord]
            do throws(RecordsError) { records = try part.records() } catch {
                throw KafkaError(.corruptMessage, "\(part.topicPartition): \(error)")
            }
            all += records.count
            let taken = records.prefix(limit.map { $0 - count } ?? records.count)
            guard let first = taken.first, let last = taken.last else { continue }
            count += taken.count
            offsets[part.topicPartition] = OffsetAndMetadata(last.offset + 1)
            if isVerbose { for record in taken { tell(record) } }
            summaries.append(
                .members([
                    "topic": .string(part.topicPartition.topic.rawValue),
                    "partition": .integer(Int64(part.topicPartition.partition.rawValue)),
                    "count": .integer(Int64(taken.count)), "minOffset": .integer(first.offset.rawValue),
                    "maxOffset": .integer(last.offset.rawValue),
                ])
            )
        }
        if all > 0 {
            let members: KeyValuePairs<String, JSONValue> = [
                "count": .integer(Int64(all)), "partitions": .array(summaries),
            ]
            EventLine.print("records_consumed", members, on: console)
        }
        return offsets
    }

    private func tell(_ record: ConsumerRecord) {
        EventLine.print(
            "record_data",
            [
                "key": .text(record.key.map(text)), "value": .text(record.value.map(text)),
                "topic": .string(record.topic.rawValue), "partition": .integer(Int64(record.partition.rawValue)),
                "offset": .integer(record.offset.rawValue),
            ],
            on: console
        )
    }

    private func text(_ bytes: Bytes) -> String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    private func commit(_ offsets: [TopicPartition: OffsetAndMetadata]) {
        let rows = offsets.sorted { $0.key < $1.key }.map { id, offset in
            JSONValue.members([
                "topic": .string(id.topic.rawValue), "partition": .integer(Int64(id.partition.rawValue)),
                "offset": .integer(offset.offset.rawValue),
            ])
        }
        do throws(KafkaError) {
            try consumer.commitBlocking(offsets)
            EventLine.print("offsets_committed", ["offsets": .array(rows), "success": .bool(true)], on: console)
        } catch {
            EventLine.print(
                "offsets_committed",
                ["offsets": .array(rows), "error": .string(JavaError.message(error)), "success": .bool(false)],
                on: console
            )
        }
    }

    func partitionsAssigned(_ partitions: Set<TopicPartition>) { tell("partitions_assigned", partitions) }

    func partitionsRevoked(_ partitions: Set<TopicPartition>) { tell("partitions_revoked", partitions) }

    private func tell(_ name: String, _ partitions: Set<TopicPartition>) {
        EventLine.print(name, ["partitions": .array(partitions.sorted().map(EventLine.partition))], on: console)
    }
}
