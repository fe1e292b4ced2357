import KafkaProtocol
import Records
import Synchronization
import Transport

/// Sends the same batch again and again in Produce requests of its own, a few of them on the way at a time.
///
/// The next request leaves when an answer comes, on the connection's event loop: no thread waits for another.
final class ProduceLoop: Sendable {
    private static let version: Int16 = 9
    private let connection: any ClientConnection
    private let request: ProduceRequest
    private let state: Mutex<State>

    private struct State {
        var toSend: Int
        var toReceive: Int
        var done: CheckedContinuation<Void, any Error>?
    }

    /// Sends `count` requests with acks=all over `connection`.
    static func run(
        _ batch: Bytes,
        _ count: Int,
        to topic: TopicName,
        _ connection: any ClientConnection,
        inFlight: Int = 5
    ) async throws {
        let loop = ProduceLoop(batch, count, topic, connection)
        try await withCheckedThrowingContinuation { done in
            loop.state.withLock { $0.done = done }
            for _ in 0..<inFlight { loop.sendNext() }
        }
    }

    private init(_ batch: Bytes, _ count: Int, _ topic: TopicName, _ connection: any ClientConnection) {
        self.connection = connection
        request = ProduceRequest(
            acks: -1,
            timeoutMs: 30_000,
            topicData: [
                ProduceRequest.TopicProduceData(
                    name: topic,
                    partitionData: [ProduceRequest.PartitionProduceData(index: 0, records: RecordsPayload(batch))]
                )
            ]
        )
        state = Mutex(State(toSend: count, toReceive: count))
    }

    private func sendNext() {
        let left = state.withLock { state in
            defer { state.toSend -= 1 }
            return state.toSend
        }
        guard left > 0 else { return }
        do {
            let frame = try request.frame(version: ProduceLoop.version, correlationID: 1, clientID: "benchmark")
            connection.send(frame, deadline: nil) { [self] result in received(result) }
        } catch {
            finish(error)
        }
    }

    private func received(_ result: Result<Bytes, TransportError>) {
        do {
            let (_, body) = try ResponseHeader.decode(try result.get(), for: .produce, ProduceLoop.version)
            let response = try ProduceResponse.decode(body, version: ProduceLoop.version)
            let code = response.responses.first?.partitionResponses.first?.errorCode
            guard code == ErrorCode.none else { throw BenchmarkError("produce failed: \(String(describing: code))") }
            let left = state.withLock { state in
                state.toReceive -= 1
                return state.toReceive
            }
            if left == 0 { finish(nil) } else { sendNext() }
        } catch {
            finish(error)
        }
    }

    private func finish(_ error: (any Error)?) {
        let done = state.withLock { state in
            defer { state.done = nil }
            return state.done
        }
        if let error { done?.resume(throwing: error) } else { done?.resume() }
    }
}
