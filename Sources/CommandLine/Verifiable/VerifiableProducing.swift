import Dispatch
import KafkaClient
import Records
import Synchronization

/// Sends numbers until it has sent enough or is asked to end, and prints what becomes of each.
final class VerifiableProducing: Sendable {
    /// What the options come to.
    struct Plan: Sendable {
        let topic: TopicName
        /// No limit where negative.
        let maxMessages: Int32
        /// Records a second; no limit where negative, and none after the first where 0.
        let throughput: Int32
        let createTime: Int64?
        let valuePrefix: Int32?
        let repeatingKeys: Int32?
    }

    private let plan: Plan
    private let producer: Producer
    private let console: Console
    private let acknowledged = Atomic<Int>(0)
    private let sent = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    /// Ends a wait for the next record's turn.
    private let stopping = DispatchSemaphore(value: 0)

    init(plan: Plan, producer: Producer, console: Console) {
        self.plan = plan
        self.producer = producer
        self.console = console
    }

    func run() async -> Int32 {
        let stop = StopSignal()
        let watching = console.ownsProcess ? stop.watch { self.stop() } : nil
        defer { watching?.cancel() }
        EventLine.print("startup_complete", on: console)
        let clock = ContinuousClock()
        let start = clock.now
        await onThread("verifiable-producer") { self.sendAll() }
        await producer.close()
        EventLine.print("shutdown_complete", on: console)
        let count = acknowledged.load(ordering: .relaxed)
        let seconds = (clock.now - start) / .seconds(1)
        EventLine.print(
            "tool_data",
            [
                "sent": .integer(Int64(sent.load(ordering: .relaxed))), "acked": .integer(Int64(count)),
                "target_throughput": .integer(Int64(plan.throughput)),
                "avg_throughput": .double(seconds > 0 ? Double(count) / seconds : 0),
            ],
            on: console
        )
        return stop.exitCode
    }

    private func stop() {
        isStopping.store(true, ordering: .relaxed)
        stopping.signal()
    }

    private func sendAll() {
        let clock = ContinuousClock()
        let start = clock.now
        let startTime = Timestamp.now()
        var time = plan.createTime
        var number = 0
        while plan.maxMessages < 0 || number < Int(plan.maxMessages) {
            if isStopping.load(ordering: .relaxed) { return }
            send(number, at: time.map { Timestamp($0) } ?? .now())
            time = time.map { $0 + Timestamp.now().rawValue - startTime.rawValue }
            number += 1
            if plan.throughput == 0 {
                stopping.wait()
            } else if plan.throughput > 0 {
                wait(.seconds(number) / Int(plan.throughput) - (clock.now - start))
            }
        }
        do throws(KafkaError) {
            try producer.flushBlocking()
        } catch {
            if !isStopping.load(ordering: .relaxed) { console.logError("\(error)") }
        }
    }

    private func wait(_ time: Duration) {
        guard time > .zero else { return }
        let (seconds, attoseconds) = time.components
        _ = stopping.wait(timeout: .now() + Double(seconds) + Double(attoseconds) / 1e18)
    }

    private func send(_ number: Int, at time: Timestamp) {
        let key = plan.repeatingKeys.map { String($0 > 0 ? number % Int($0) : number) }
        let value = (plan.valuePrefix.map { "\($0)." } ?? "") + String(number)
        let members = (key: JSONValue.text(key), value: JSONValue.string(value))
        let keyBytes = key.map { Bytes(utf8: $0) }
        sent.add(1, ordering: .relaxed)
        do throws(KafkaError) {
            try Bytes(utf8: value).withUnsafeBytes { value throws(KafkaError) in
                guard let keyBytes else { return try enqueue(time, nil, value, members) }
                try keyBytes.withUnsafeBytes { key throws(KafkaError) in try enqueue(time, key, value, members) }
            }
        } catch {
            tell(error, members)
        }
    }

    private func enqueue(
        _ time: Timestamp,
        _ key: UnsafeRawBufferPointer?,
        _ value: UnsafeRawBufferPointer,
        _ members: (key: JSONValue, value: JSONValue)
    ) throws(KafkaError) {
        try producer.enqueue(topic: plan.topic, timestamp: time, key: key, value: value) { [self] result in
            switch result {
            case .success(let metadata):
                acknowledged.add(1, ordering: .relaxed)
                EventLine.print(
                    "producer_send_success",
                    [
                        "key": members.key, "value": members.value, "offset": .integer(metadata.offset.rawValue),
                        "topic": .string(metadata.topicPartition.topic.rawValue),
                        "partition": .integer(Int64(metadata.topicPartition.partition.rawValue)),
                    ],
                    on: console
                )
            case .failure(let error): tell(error, members)
            }
        }
    }

    private func tell(_ error: KafkaError, _ members: (key: JSONValue, value: JSONValue)) {
        EventLine.print(
            "producer_send_error",
            [
                "key": members.key, "value": members.value, "topic": .string(plan.topic.rawValue),
                "exception": .string("class \(JavaError.className(of: error))"),
                "message": .string(JavaError.message(error)),
            ],
            on: console
        )
    }
}
