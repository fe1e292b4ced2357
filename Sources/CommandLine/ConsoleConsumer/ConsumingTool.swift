import KafkaClient
import KafkaProtocol
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Polls, and prints each poll's records in blocks.
struct ConsumingTool: Sendable {
    let plan: ConsumingPlan
    let consumer: Consumer
    let console: Console

    /// Output is written when so much has gathered, and after each poll.
    private static let blockBytes = 65_536

    /// Until a limit of the plan, a signal, or the end of who reads the output; the count is told in any case.
    func runToItsEnd() async -> Int32 {
        guard console.ownsProcess else { return await onThread("console-consumer") { [self] in run() } }
        let stop = StopSignal()
        let watching = stop.watch { [consumer] in consumer.wakeup() }
        defer { watching.cancel() }
        let tool = self
        let code = await onThread("console-consumer") { tool.run { stop.isRaised } }
        return code == 0 ? stop.exitCode : code
    }

    /// Blocks. The exit code is 1 where a record could not be shown.
    func run(isStopping: @Sendable () -> Bool = { false }) -> Int32 {
        var printing = Printing(tool: self)
        var code: Int32 = 0
        do throws(KafkaError) {
            try choose()
            try consume(&printing, isStopping)
        } catch {
            console.logError("Error processing message, terminating consumer process: \(error)")
        }
        if let failure = printing.failure {
            console.logError(failure)
            code = 1
        }
        do throws(KafkaError) {
            try consumer.closeBlocking()
        } catch {
            console.logError("\(error)")
        }
        console.complain("Processed a total of \(printing.count) messages")
        return code
    }

    private func choose() throws(KafkaError) {
        switch plan.source {
        case .topic(let topic): try consumer.subscribe([topic])
        case .pattern(let pattern): try consumer.subscribe(TopicPattern(regularExpression: pattern))
        case .partition(let partition, let start):
            try consumer.assign([partition])
            switch start {
            case .earliest: try consumer.seekToBeginning([partition])
            case .latest: try consumer.seekToEnd([partition])
            case .offset(let offset): try consumer.seek(partition, to: offset)
            }
        }
    }

    private func consume(_ printing: inout Printing, _ isStopping: () -> Bool) throws(KafkaError) {
        let clock = ContinuousClock()
        var lastRecord = clock.now
        var progress = Progress(on: console, inputIsShown: isatty(STDOUT_FILENO) == 1)
        defer { progress.end() }
        while !printing.isDone, !isStopping() {
            let left = plan.timeout.map { $0 - (clock.now - lastRecord) } ?? .seconds(3600)
            guard left >= .zero || plan.timeout == nil else { return }
            let before = printing.count
            for fetched in try consumer.pollBlocking(timeout: left) {
                if printing.isDone {
                    // Nothing of it was read: a commit must not pass it over.
                    try rewind(fetched, to: fetched.positionBefore)
                } else if let next = printing.print(fetched) {
                    try rewind(fetched, to: next)
                }
            }
            printing.flush()
            progress.show("\(printing.count) records read")
            if printing.count > before {
                lastRecord = clock.now
            } else if let timeout = plan.timeout, clock.now - lastRecord >= timeout {
                return
            }
        }
    }

    private func rewind(_ fetched: FetchedPartition, to offset: Offset) throws(KafkaError) {
        guard consumer.assignment.contains(fetched.topicPartition) else { return }
        try consumer.seek(fetched.topicPartition, to: offset)
    }

    /// What was printed so far, and what waits to be.
    private struct Printing {
        let tool: ConsumingTool
        private(set) var count = 0
        private(set) var failure: String?
        private var isClosed = false
        private var output = RawBuffer(capacity: ConsumingTool.blockBytes)

        init(tool: ConsumingTool) { self.tool = tool }

        /// Whether nothing more is to be printed.
        var isDone: Bool { isClosed || failure != nil || tool.plan.maxMessages.map { count >= $0 } ?? false }

        /// Prints the records; the offset of the first that was not, where the end came in between.
        mutating func print(_ fetched: FetchedPartition) -> Offset? {
            do throws(RecordsError) {
                for batch in fetched.batches {
                    var reader = try batch.makeRecordReader()
                    while let record = try reader.next() {
                        guard record.offset >= fetched.positionBefore else { continue }
                        if isDone { return record.offset }
                        print(record, batch, fetched.topicPartition.partition)
                    }
                }
            } catch {
                failure = "Error processing message, terminating consumer process: \(error)"
                return fetched.positionBefore
            }
            return nil
        }

        private mutating func print(_ record: RecordView, _ batch: RecordBatch, _ partition: PartitionIndex) {
            count += 1
            do throws(DeserializationError) {
                try tool.plan.format.append(
                    record,
                    partition: partition,
                    timestampType: batch.timestampType,
                    to: &output
                )
            } catch {
                if tool.plan.skipsErrors {
                    tool.console.logError("Error processing message, skipping this message: \(error.message)")
                } else {
                    failure = "Unknown error when running consumer: \(error.message)"
                }
            }
            if output.count >= ConsumingTool.blockBytes { flush() }
        }

        mutating func flush() {
            guard !output.isEmpty else { return }
            let block = output.bytes()
            if !block.withUnsafeBytes(tool.console.output) {
                isClosed = true
                tool.console.complain("Unable to write to standard out, closing consumer.")
            }
            output.reset()
        }
    }
}
