import KafkaProtocol
import Records

/// Round trips of one record with acks=all over TCP, one after another: the median and the 99th percentile, against an echo of
/// as many bytes by epoll in C.
struct LatencyBenchmark: Benchmark {
    let name = "latency"
    let summary = "p50 and p99 of producing one 100-byte record with acks=all, against an epoll echo in C"

    private let count = 20_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try SpawnedBroker(session.options.program, folder: try workspace.folder("broker"))
        defer { broker.stop() }
        try broker.waitUntilUp()
        try broker.createTopics(["topic"])
        let frame = try Frames.produce(try SampleRecords.batch(ofBytes: 200), to: "topic")
        let socket = try broker.connect()
        let server = try LimitServer.echo()
        var echo: FrameSocket? = try FrameSocket(port: server.port, answerCapacity: 1 << 16)
        var (p50, p99, echo50, echo99) = ([Double](), [Double](), [Double](), [Double]())
        for round in 0...session.options.rounds {
            let ours = try times { try socket.exchange(frame) }
            try Frames.checkProduced(socket.answer(try socket.exchange(frame)))
            let limit = try times { try echo?.exchange(frame) }
            guard round > 0 else { continue }
            p50.append(ours[count / 2])
            p99.append(ours[count * 99 / 100])
            echo50.append(limit[count / 2])
            echo99.append(limit[count * 99 / 100])
        }
        echo = nil
        server.join()
        for (what, ours, limit) in [("p50", p50, echo50), ("p99", p99, echo99)] {
            session.add(
                Figure(
                    benchmark: name,
                    what: "acks=all round trip, \(what)",
                    unit: "ns/round trip",
                    clock: Clock.wall.rawValue,
                    ours: ours.median,
                    limit: limit.median
                )
            )
        }
    }

    /// Nanoseconds of each exchange, sorted.
    private func times(_ exchange: () throws -> Void) throws -> [Double] {
        var times = [Double]()
        times.reserveCapacity(count)
        for _ in 0..<count {
            let began = Clock.wall.now
            try exchange()
            times.append(Clock.wall.now - began)
        }
        return times.sorted()
    }
}
