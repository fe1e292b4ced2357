import Logging
import NIOCore
import NIOPosix
import Records
import Synchronization
import Testing

@testable import Transport

/// The two ways to a service; what holds for one holds for the other.
enum Medium: CaseIterable {
    case tcp
    case inProcess
}

/// A service that answers with a closure, and keeps what it saw.
final class ScriptedService: FrameService {
    typealias Script = @Sendable (Bytes, ReplySlot) -> Void

    struct Seen {
        var frames: [Bytes] = []
        var closed: [String] = []
        var isRefusing = false
        var onFinishing: @Sendable () -> Void = {}
    }

    let seen = Mutex(Seen())
    private let script: Script

    init(_ script: @escaping Script) { self.script = script }

    static func echo() -> ScriptedService {
        ScriptedService { frame, reply in reply.send([.bytes(frame)]) }
    }

    func openSession(_ connection: ServerConnection) -> (any FrameSession)? {
        seen.withLock(\.isRefusing) ? nil : Session(service: self)
    }

    private final class Session: FrameSession {
        let service: ScriptedService
        init(service: ScriptedService) { self.service = service }

        func receive(_ frame: Bytes, reply: ReplySlot) {
            service.seen.withLock { $0.frames.append(frame) }
            service.script(frame, reply)
        }

        func finishing() { service.seen.withLock(\.onFinishing)() }

        func closed(reason: String) {
            service.seen.withLock { $0.closed.append(reason) }
        }
    }
}

/// Keeps reply slots until the test uses them.
final class HeldReplies: Sendable {
    private struct State {
        var slots: [ReplySlot] = []
        var waiters: [(count: Int, promise: EventLoopPromise<Void>)] = []
    }

    private let state = Mutex(State())

    func hold(_ slot: ReplySlot) {
        let ready = state.withLock { state in
            state.slots.append(slot)
            let count = state.slots.count
            let ready = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return ready
        }
        for waiter in ready { waiter.promise.succeed() }
    }

    var slots: [ReplySlot] { state.withLock(\.slots) }

    /// Returns when `count` slots are held.
    func wait(for count: Int) async throws {
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let isReady = state.withLock { state in
            if state.slots.count >= count { return true }
            state.waiters.append((count, promise))
            return false
        }
        if isReady { promise.succeed() }
        try await promise.futureResult.get()
    }
}

/// A listener, and the transport that leads to it.
struct Harness {
    let transport: any ClientTransport
    let address: NetworkAddress
    let close: @Sendable (Duration) async throws -> Void
    let connectionCount: @Sendable () -> Int

    static func start(
        _ medium: Medium,
        _ service: any FrameService,
        limits: TransportLimits = TransportLimits()
    ) async throws -> Harness {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        switch medium {
        case .tcp:
            let listener = try await TCPListener.bind(
                host: "127.0.0.1",
                port: 0,
                group: group,
                service: service,
                limits: limits,
                logger: logger
            )
            return Harness(
                transport: TCPClientTransport(),
                address: NetworkAddress(host: "127.0.0.1", port: listener.port),
                close: { try await listener.close(gracePeriod: $0) },
                connectionCount: { listener.connectionCount }
            )
        case .inProcess:
            let listener = InProcessListener(service: service, limits: limits, logger: logger)
            return Harness(
                transport: InProcessClientTransport(listener),
                address: NetworkAddress(host: "broker", port: 1),
                close: { await listener.close(gracePeriod: $0) },
                connectionCount: { listener.connectionCount }
            )
        }
    }

    func connect() async throws -> any ClientConnection {
        try await transport.connect(to: address)
    }

    /// Connects, and returns with the future of its end.
    func connectWatched() async throws -> (any ClientConnection, EventLoopFuture<TransportError>) {
        let loop = transport.eventLoopGroup.next()
        let ended = loop.makePromise(of: TransportError.self)
        let connection = try await transport.connect(to: address, timeout: .seconds(300), on: loop) {
            ended.succeed($0)
        }
        .get()
        return (connection, ended.futureResult)
    }
}

extension ClientConnection {
    /// Sends a frame now; the future is its reply.
    func start(_ parts: [BytesPart], deadline: NIODeadline? = nil) -> EventLoopFuture<Bytes> {
        let promise = eventLoop.makePromise(of: Bytes.self)
        send(parts, deadline: deadline) { promise.completeWith($0.mapError { $0 as any Error }) }
        return promise.futureResult
    }
}
