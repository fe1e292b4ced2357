import KafkaClient
import KafkaProtocol
import Records
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads lines in blocks and hands them to the producer; a record that fails is logged, and the next one is sent.
struct ProducingTool: Sendable {
    let plan: ProducingPlan
    let producer: Producer
    let console: Console

    /// Until the end of standard input, or a signal: then what was read is sent, and the process ends at once, because
    /// nothing else ends a read that blocks.
    func runToItsEnd() async -> Int32 {
        guard console.ownsProcess else {
            return await onThread("console-producer") { [self] in run(from: console.input) }
        }
        let stop = StopSignal()
        let watching = stop.watch { [producer] in
            await producer.close()
            exit(stop.exitCode)
        }
        defer { watching.cancel() }
        let isTerminal = isatty(console.input) == 1 && isatty(STDOUT_FILENO) == 1
        let tool = self
        return await onThread("console-producer") {
            tool.run(from: tool.console.input, prompts: isTerminal) { stop.isRaised }
        }
    }

    /// Until the end of what `descriptor` gives; blocks. The exit code is 1 where a line could not be understood, or
    /// with `--sync` not be sent.
    func run(from descriptor: Int32, prompts: Bool = false, isStopping: @Sendable () -> Bool = { false }) -> Int32 {
        var lines = LineBuffer()
        var number = 0
        var code: Int32 = 0
        var progress = Progress(on: console, inputIsShown: isatty(descriptor) == 1)
        do {
            var count = 0
            repeat {
                if prompts { prompt() }
                count = try lines.read(from: descriptor)
                try lines.takeLines(isLast: count == 0) { line throws(LineFormatError) in
                    number += 1
                    try send(line, number, isStopping)
                }
                progress.show("\(number) lines read")
            } while count > 0
        } catch let error as LineFormatError {
            console.logError(error.message)
            code = 1
        } catch {
            console.logError("\(error)")
            code = 1
        }
        do throws(KafkaError) {
            try producer.flushBlocking()
        } catch {
            if !isStopping() { console.logError("\(error)") }
        }
        progress.end()
        return code
    }

    private func prompt() {
        var text = ">"
        _ = text.withUTF8 { console.output(UnsafeRawBufferPointer($0)) }
    }

    private func send(
        _ line: UnsafeRawBufferPointer,
        _ number: Int,
        _ isStopping: @Sendable () -> Bool
    ) throws(LineFormatError) {
        let parts = try plan.format.parse(line, number: number)
        do throws(KafkaError) {
            if plan.isSynchronous {
                try sendAndWait(line, parts)
            } else {
                try enqueue(line, parts) { [console, topic = plan.topic] result in
                    if case .failure(let error) = result { ProducingTool.log(error, topic, console) }
                }
            }
        } catch {
            if isStopping() { return }
            ProducingTool.log(error, plan.topic, console)
            if plan.isSynchronous { throw LineFormatError("line number \(number) was not sent") }
        }
    }

    private func enqueue(
        _ line: UnsafeRawBufferPointer,
        _ parts: LineFormat.Parts,
        onDelivery: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void
    ) throws(KafkaError) {
        try producer.enqueue(
            topic: plan.topic,
            timestamp: .now(),
            key: parts.key.map { UnsafeRawBufferPointer(rebasing: line[$0]) },
            value: parts.value.map { UnsafeRawBufferPointer(rebasing: line[$0]) },
            headers: parts.headers,
            onDelivery: onDelivery
        )
    }

    private func sendAndWait(_ line: UnsafeRawBufferPointer, _ parts: LineFormat.Parts) throws(KafkaError) {
        let delivery = Delivery()
        try enqueue(line, parts) { result in delivery.result.withLock { $0 = result } }
        try producer.flushBlocking()
        _ = try delivery.result.withLock { $0 }?.get()
    }

    /// What became of one record.
    private final class Delivery: Sendable {
        let result = Mutex<Result<RecordMetadata, KafkaError>?>(nil)
    }

    private static func log(_ error: KafkaError, _ topic: TopicName, _ console: Console) {
        console.logError("Error when sending message to topic \(topic): \(error)")
    }
}
