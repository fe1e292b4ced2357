import Broker
import KafkaProtocol
import Records

/// Sends a small request over TCP and waits for its answer before the next, against an echo by epoll in C. The same
/// blocking client talks to both.
struct RoundTripBenchmark: Benchmark {
    let name = "roundtrip"
    let summary = "lockstep round trips of a small request over TCP, against an epoll echo in C"

    private let count = 10_000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try await EmbeddedBroker(workspace, sockets: true)
        guard let port = broker.server.port else { throw BenchmarkError("the broker has no port") }
        let heartbeat = HeartbeatRequest(groupId: "nobody", generationId: 1, memberId: "nobody-0")
        let versions = ApiVersionsRequest(clientSoftwareName: "benchmark", clientSoftwareVersion: "1")
        let requests = [
            ("Heartbeat", try heartbeat.frame(version: 4, correlationID: 1, clientID: "benchmark").frame),
            ("ApiVersions", try versions.frame(version: 3, correlationID: 1, clientID: "benchmark").frame),
        ]
        let server = try LimitServer.echo()
        var limitSocket: FrameSocket? = try FrameSocket(port: server.port, answerCapacity: 1 << 16)
        let socket = try FrameSocket(port: port, answerCapacity: 1 << 16)
        for (name, frame) in requests {
            try await session.compare(
                "round trip of \(name)",
                per: "round trip",
                clocks: [.wall, .process],
                budget: name == "Heartbeat" ? 1.5 : nil
            ) { _ in
                for _ in 0..<count { try socket.exchange(frame) }
                return count
            } limit: { _ in
                for _ in 0..<count { try limitSocket?.exchange(frame) }
                return count
            }
        }
        limitSocket = nil
        server.join()
        try await broker.stop()
    }
}
