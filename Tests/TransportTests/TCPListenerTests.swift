import Logging
import NIOCore
import NIOPosix
import Records
import Synchronization
import Testing

@testable import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(10))) struct TCPListenerTests {
    private func listen(
        _ service: any FrameService,
        host: String = "127.0.0.1",
        limits: TransportLimits = TransportLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        log: LogLines = LogLines()
    ) async throws -> TCPListener {
        try await TCPListener.bind(
            host: host,
            port: 0,
            group: group,
            service: service,
            limits: limits,
            logger: log.logger
        )
    }

    @Test func `garbage closes its connection with a log line and harms nobody else`() async throws {
        let log = LogLines()
        let service = ScriptedService.echo()
        let listener = try await listen(service, log: log)
        let neighbour = try RawSocket(port: listener.port)
        let socket = try RawSocket(port: listener.port)
        try socket.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try socket.read(1) == [])
        try neighbour.write([0, 0, 0, 1, 42])
        #expect(try neighbour.read(5) == [0, 0, 0, 1, 42])
        try await listener.close()
        let line = log.lines.first { $0.contains("1195725856") }
        #expect(line?.contains("closing the connection from 127.0.0.1:") == true)
        #expect(line?.contains("the limit is 104857600 bytes") == true)
    }

    @Test(arguments: [[UInt8](arrayLiteral: 0xff, 0xff, 0xff, 0xff), [0x7f, 0xff, 0xff, 0xff]])
    func `a negative and a huge length close the connection`(header: [UInt8]) async throws {
        let listener = try await listen(ScriptedService.echo())
        let socket = try RawSocket(port: listener.port)
        try socket.write(header)
        #expect(try socket.read(1) == [])
        try await listener.close()
    }

    @Test func `a frame sent byte by byte is answered`() async throws {
        let listener = try await listen(ScriptedService.echo())
        let socket = try RawSocket(port: listener.port)
        for byte: UInt8 in [0, 0, 0, 3, 7, 8, 9] { try socket.write([byte]) }
        #expect(try socket.read(7) == [0, 0, 0, 3, 7, 8, 9])
        try await listener.close()
    }

    @Test func `a slow reader costs bounded memory and gets every reply in order`() async throws {
        let count = 2000
        let replyBytes = 64 * 1024
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let service = ScriptedService { frame, reply in
            var body = [UInt8](repeating: 0, count: replyBytes)
            for index in 0..<4 { body[index] = frame[index] }
            reply.send([.bytes(Bytes(body))])
        }
        let listener = try await listen(service, group: group)
        let neighbour = try RawSocket(port: listener.port)
        let socket = try RawSocket(port: listener.port)
        var requests: [UInt8] = []
        for index in 0..<count {
            requests += [0, 0, 0, 4] + withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) }
        }
        try socket.write(requests)
        // The neighbour's turns are the loop's turns: the slow connection has been served as far as it will be.
        for _ in 0..<20 {
            try neighbour.write([0, 0, 0, 4, 255, 255, 255, 255])
            #expect(try neighbour.read(4 + replyBytes).count == 4 + replyBytes)
        }
        let served = service.seen.withLock { $0.frames.count { $0[0] != 255 } }
        #expect(served * replyBytes < 32 * 1024 * 1024, "\(served) replies for a reader that does not read")
        for index in 0..<count {
            let reply = try socket.read(4 + replyBytes)
            #expect(Array(reply[4..<8]) == withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) })
        }
        try await listener.close()
        try await group.shutdownGracefully()
    }

    @Test func `requests that arrived before the client closed are executed`() async throws {
        let held = HeldReplies()
        let service = ScriptedService { _, reply in held.hold(reply) }
        var limits = TransportLimits()
        limits.maxInFlightRequests = 1
        let listener = try await listen(service, limits: limits)
        do {
            let socket = try RawSocket(port: listener.port)
            try socket.write([0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 3])
        }
        try await held.wait(for: 3)
        #expect(service.seen.withLock(\.frames) == [[1], [2], [3]])
        try await listener.close(gracePeriod: .milliseconds(1))
    }

    @Test func `one address has its own limit`() async throws {
        let log = LogLines()
        var limits = TransportLimits()
        limits.maxConnectionsPerAddress = 1
        let listener = try await listen(ScriptedService.echo(), limits: limits, log: log)
        let first = try RawSocket(port: listener.port)
        try first.write([0, 0, 0, 0])
        #expect(try first.read(4) == [0, 0, 0, 0])
        let second = try RawSocket(port: listener.port)
        #expect(try second.read(1) == [])
        #expect(log.lines.contains { $0.contains("1 connections from 127.0.0.1, the limit for one address") })
        try await listener.close()
    }

    @Test func `an idle connection is closed`() async throws {
        let service = ScriptedService.echo()
        var limits = TransportLimits()
        limits.idleTimeout = .milliseconds(20)
        let listener = try await listen(service, limits: limits)
        let socket = try RawSocket(port: listener.port)
        #expect(try socket.read(1) == [])
        try await listener.close()
        #expect(service.seen.withLock(\.closed) == ["idle for 20 ms"])
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost", ""])
    func `it listens on addresses and names`(host: String) async throws {
        let listener = try await listen(ScriptedService.echo(), host: host)
        let target = NetworkAddress(host: host.isEmpty ? "localhost" : host, port: listener.port)
        let connection = try await TCPClientTransport().connect(to: target)
        #expect(try await connection.roundTrip([.bytes([1])]) == [1])
        let name = host == "localhost" || host.isEmpty ? "localhost/" : "/"
        #expect(connection.peer.hasPrefix(name))
        try await listener.close()
    }

    @Test func `a port in use is named`() async throws {
        let listener = try await listen(ScriptedService.echo())
        let error = await #expect(throws: TransportError.self) {
            try await TCPListener.bind(
                host: "127.0.0.1",
                port: listener.port,
                group: MultiThreadedEventLoopGroup.singleton,
                service: ScriptedService.echo(),
                logger: LogLines().logger
            )
        }
        #expect(error?.kind == .bindFailed)
        #expect(error?.peer == "127.0.0.1:\(listener.port)")
        try await listener.close()
    }

    @Test func `a refused connection names the address`() async throws {
        let listener = try await listen(ScriptedService.echo())
        let port = listener.port
        try await listener.close()
        let error = await #expect(throws: TransportError.self) {
            try await TCPClientTransport().connect(to: NetworkAddress(host: "127.0.0.1", port: port))
        }
        #expect(error?.kind == .connectFailed)
        #expect(error?.peer == "/127.0.0.1:\(port)")
    }

    @Test(arguments: Medium.allCases)
    func `file regions arrive whole, large and small`(medium: Medium) async throws {
        let file = try TestFile(count: 3_000_000)
        let service = ScriptedService { _, reply in
            reply.send([
                .bytes([1, 2, 3]), .region(file.region(10, 2_000_000)), .bytes([4]), .region(file.region(0, 100)),
            ])
        }
        let harness = try await Harness.start(medium, service)
        let connection = try await harness.connect()
        let expected = [1, 2, 3] + file.bytes[10..<2_000_010] + [4] + file.bytes[0..<100]
        for _ in 0..<3 {
            #expect(try await connection.roundTrip([.bytes([0])]) == Bytes(expected))
        }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `a region that cannot be read closes the connection`(medium: Medium) async throws {
        let file = try TestFile(count: 10)
        let harness = try await Harness.start(
            medium,
            ScriptedService { _, reply in reply.send([.region(file.region(0, 20))]) }
        )
        let connection = try await harness.connect()
        await #expect(throws: TransportError.self) { try await connection.roundTrip([.bytes([0])]) }
        try await harness.close(.seconds(300))
    }
}

/// Keeps what is logged.
final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(target: self) } }

    private struct Handler: LogHandler {
        let target: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            target.kept.withLock { $0.append("\(event.message)") }
        }
    }
}

/// A file that is open and has no name any more.
final class TestFile: Sendable {
    private struct Region: BytesRegion {
        let file: TestFile
        let position: Int64
        let count: Int
        var descriptor: (fileDescriptor: Int32, position: Int64)? { (file.descriptor, position) }
        func load() throws -> Bytes { Bytes(file.bytes[Int(position)..<Int(position) + count]) }
    }

    let bytes: [UInt8]
    let descriptor: Int32

    init(count: Int) throws {
        var generator = SeededGenerator(seed: 5)
        bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        var name = Array("/tmp/transport-test-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        unlink(name)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == count else { throw RawSocket.Failure(code: errno) }
    }

    deinit { close(descriptor) }

    func region(_ position: Int64, _ count: Int) -> any BytesRegion {
        Region(file: self, position: position, count: count)
    }
}
