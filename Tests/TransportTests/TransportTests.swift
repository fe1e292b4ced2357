import NIOCore
import NIOPosix
import Records
import Synchronization
import Testing

@testable import Transport

/// What holds over a socket and within the process alike.
@Suite(.timeLimit(.minutes(10))) struct TransportTests {
    @Test(arguments: Medium.allCases)
    func `frames come back in order`(medium: Medium) async throws {
        let harness = try await Harness.start(medium, ScriptedService.echo())
        let connection = try await harness.connect()
        let replies = (0..<1000).map { connection.start([.bytes(Bytes(utf8: "frame \($0)")), .bytes([1, 2])]) }
        for (index, reply) in replies.enumerated() {
            #expect(try await reply.get() == Bytes(Array("frame \(index)".utf8) + [1, 2]))
        }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `replies completed in any order from any thread keep the order of requests`(medium: Medium) async throws {
        let held = HeldReplies()
        let harness = try await Harness.start(medium, ScriptedService { _, reply in held.hold(reply) })
        let connection = try await harness.connect()
        let replies = (0..<50).map { connection.start([.bytes([UInt8($0)])]) }
        try await held.wait(for: 50)
        var generator = SeededGenerator(seed: 11)
        let slots = held.slots
        await withTaskGroup { group in
            for index in slots.indices.shuffled(using: &generator) {
                group.addTask { slots[index].send([.bytes([UInt8(index), 0xff])]) }
            }
        }
        for (index, reply) in replies.enumerated() {
            #expect(try await reply.get() == [UInt8(index), 0xff])
        }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `a connection that is slowed down for long is let go when its client goes away`(medium: Medium) async throws {
        let slowed = Slowed()
        let harness = try await Harness.start(medium, slowed)
        try await slowDownAndLeave(harness, slowed)
        // The listener's end of it has gone when the listener has closed.
        try await harness.close(.seconds(300))
        try await slowed.loop?.submit {}.get()
        #expect(slowed.connection == nil)
    }

    @Test(arguments: Medium.allCases)
    func `at the in-flight limit no request is taken until one is answered`(medium: Medium) async throws {
        let held = HeldReplies()
        let service = ScriptedService { _, reply in held.hold(reply) }
        var limits = TransportLimits()
        limits.maxInFlightRequests = 3
        let harness = try await Harness.start(medium, service, limits: limits)
        let connection = try await harness.connect()
        let replies = (0..<10).map { connection.start([.bytes([UInt8($0)])]) }
        for answered in 0..<10 {
            try await held.wait(for: min(10, answered + 3))
            #expect(held.slots.count == min(10, answered + 3))
            held.slots[answered].send([.bytes([UInt8(answered)])])
            #expect(try await replies[answered].get() == [UInt8(answered)])
        }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `a request without an answer does not disturb the others`(medium: Medium) async throws {
        let service = ScriptedService { frame, reply in
            if frame[0] == 0 { reply.sendNothing() } else { reply.send([.bytes(frame)]) }
        }
        let harness = try await Harness.start(medium, service)
        let connection = try await harness.connect()
        let first = connection.start([.bytes([1])])
        connection.sendOneWay([.bytes([0])])
        let second = connection.start([.bytes([2])])
        #expect(try await first.get() == [1])
        #expect(try await second.get() == [2])
        #expect(service.seen.withLock(\.frames) == [[1], [0], [2]])
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `frames of many sizes arrive whole`(medium: Medium) async throws {
        let harness = try await Harness.start(medium, ScriptedService.echo())
        let connection = try await harness.connect()
        for size in [0, 1, 65_535, 65_536, 1_000_003, 9_000_000] {
            let body = Bytes(sequence(first: UInt8(0)) { $0 &+ 7 }.prefix(size))
            #expect(try await connection.roundTrip([.bytes(body.copied())]) == body)
        }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `a frame over the limit closes its connection and no other`(medium: Medium) async throws {
        let service = ScriptedService.echo()
        var limits = TransportLimits()
        limits.maxFrameBytes = 100
        let harness = try await Harness.start(medium, service, limits: limits)
        let other = try await harness.connect()
        let (connection, ended) = try await harness.connectWatched()
        let reply = connection.start([.bytes(Bytes([UInt8](repeating: 0, count: 101)))])
        await #expect(throws: TransportError.self) { try await reply.get() }
        #expect(try await ended.get().kind == .closed)
        #expect(!connection.isOpen)
        #expect(try await other.roundTrip([.bytes([5])]) == [5])
        #expect(service.seen.withLock(\.frames) == [[5]])
        try await harness.close(.seconds(300))
        let reasons = service.seen.withLock(\.closed)
        #expect(reasons.contains("a frame of 101 bytes was announced, the limit is 100 bytes"))
    }

    @Test(arguments: Medium.allCases)
    func `a session closes its connection after the replies before`(medium: Medium) async throws {
        let service = ScriptedService { frame, reply in
            if frame[0] == 9 { reply.close(reason: "nine is not allowed") } else { reply.send([.bytes(frame)]) }
        }
        let harness = try await Harness.start(medium, service)
        let (connection, ended) = try await harness.connectWatched()
        let first = connection.start([.bytes([1])])
        let second = connection.start([.bytes([9])])
        #expect(try await first.get() == [1])
        await #expect(throws: TransportError.self) { try await second.get() }
        _ = try await ended.get()
        try await harness.close(.seconds(300))
        #expect(service.seen.withLock(\.closed) == ["nine is not allowed"])
    }

    @Test(arguments: Medium.allCases)
    func `a request past its deadline fails and takes the connection with it`(medium: Medium) async throws {
        let held = HeldReplies()
        let harness = try await Harness.start(medium, ScriptedService { _, reply in held.hold(reply) })
        let (connection, ended) = try await harness.connectWatched()
        let patient = connection.start([.bytes([1])])
        let hasty = connection.start([.bytes([2])], deadline: .now() + .milliseconds(5))
        let failure = await #expect(throws: TransportError.self) { try await hasty.get() }
        #expect(failure?.kind == .requestTimedOut)
        let other = await #expect(throws: TransportError.self) { try await patient.get() }
        #expect(other?.kind == .closed)
        #expect(try await ended.get().detail == "closed because a request timed out")
        let late = await #expect(throws: TransportError.self) { try await connection.roundTrip([.bytes([3])]) }
        #expect(late?.kind == .closed)
        for slot in held.slots { slot.sendNothing() }
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `closing fails what is pending`(medium: Medium) async throws {
        let held = HeldReplies()
        let service = ScriptedService { _, reply in held.hold(reply) }
        let harness = try await Harness.start(medium, service)
        let connection = try await harness.connect()
        let reply = connection.start([.bytes([1])])
        try await held.wait(for: 1)
        connection.close()
        let failure = await #expect(throws: TransportError.self) { try await reply.get() }
        #expect(failure?.description.hasSuffix("the connection was closed by this side") == true)
        try await harness.close(.seconds(300))
        #expect(service.seen.withLock(\.closed) == ["the client closed the connection"])
        held.slots[0].send([.bytes([1])])
    }

    @Test(arguments: Medium.allCases)
    func `a closing listener answers what is in flight`(medium: Medium) async throws {
        let held = HeldReplies()
        let harness = try await Harness.start(medium, ScriptedService { _, reply in held.hold(reply) })
        let connection = try await harness.connect()
        let reply = connection.start([.bytes([1])])
        try await held.wait(for: 1)
        async let closed: Void = harness.close(.seconds(300))
        held.slots[0].send([.bytes([7])])
        #expect(try await reply.get() == [7])
        try await closed
        #expect(harness.connectionCount() == 0)
        await #expect(throws: (any Error).self) { try await harness.connect() }
    }

    @Test(arguments: Medium.allCases)
    func `after the grace period the rest is cut off`(medium: Medium) async throws {
        let held = HeldReplies()
        let harness = try await Harness.start(medium, ScriptedService { _, reply in held.hold(reply) })
        let connection = try await harness.connect()
        let reply = connection.start([.bytes([1])])
        try await held.wait(for: 1)
        try await harness.close(.milliseconds(1))
        await #expect(throws: TransportError.self) { try await reply.get() }
    }

    @Test(arguments: Medium.allCases)
    func `a closing listener reaches connections that were dropped without being closed`(medium: Medium) async throws {
        let service = ScriptedService.echo()
        let harness = try await Harness.start(medium, service)
        func useAndDrop() async throws {
            let connection = try await harness.connect()
            #expect(try await connection.roundTrip([.bytes([1])]) == [1])
        }
        for _ in 0..<3 { try await useAndDrop() }
        try await harness.close(.seconds(300))
        #expect(service.seen.withLock(\.closed).count == 3)
        #expect(harness.connectionCount() == 0)
    }

    @Test(arguments: Medium.allCases)
    func `a closing listener tells its sessions, so that what waits is answered`(medium: Medium) async throws {
        let held = HeldReplies()
        let service = ScriptedService { _, reply in held.hold(reply) }
        service.seen.withLock {
            $0.onFinishing = { for slot in held.slots { slot.send([.bytes([9])]) } }
        }
        let harness = try await Harness.start(medium, service)
        let connection = try await harness.connect()
        let reply = connection.start([.bytes([1])])
        try await held.wait(for: 1)
        try await harness.close(.seconds(300))
        #expect(try await reply.get() == [9])
    }

    @Test(arguments: Medium.allCases)
    func `calls after the listener closed fail, and closing twice does no harm`(medium: Medium) async throws {
        let harness = try await Harness.start(medium, ScriptedService.echo())
        let (connection, ended) = try await harness.connectWatched()
        try await harness.close(.seconds(300))
        #expect(try await ended.get().kind == .closed)
        let failure = await #expect(throws: TransportError.self) { try await connection.roundTrip([.bytes([1])]) }
        #expect(failure?.kind == .closed)
        connection.close()
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `connections over the limit are turned away`(medium: Medium) async throws {
        var limits = TransportLimits()
        limits.maxConnections = 2
        let harness = try await Harness.start(medium, ScriptedService.echo(), limits: limits)
        let first = try await harness.connect()
        let second = try await harness.connect()
        #expect(try await first.roundTrip([.bytes([1])]) == [1])
        #expect(try await second.roundTrip([.bytes([2])]) == [2])
        await #expect(throws: (any Error).self) {
            try await harness.connect().roundTrip([.bytes([3])])
        }
        #expect(try await first.roundTrip([.bytes([4])]) == [4])
        try await harness.close(.seconds(300))
    }

    @Test(arguments: Medium.allCases)
    func `a service may refuse a connection`(medium: Medium) async throws {
        let service = ScriptedService.echo()
        service.seen.withLock { $0.isRefusing = true }
        let harness = try await Harness.start(medium, service)
        await #expect(throws: (any Error).self) {
            try await harness.connect().roundTrip([.bytes([3])])
        }
        try await harness.close(.seconds(300))
    }
}

private func slowDownAndLeave(_ harness: Harness, _ slowed: Slowed) async throws {
    let (connection, ended) = try await harness.connectWatched()
    #expect(try await connection.start([.bytes([1])]).get() == [1])
    #expect(slowed.connection != nil)
    connection.close()
    _ = try await ended.get()
}

/// Slows every connection down for an hour, and keeps none alive.
private final class Slowed: FrameService {
    private struct Seen {
        weak var connection: ServerConnection?
        var loop: (any EventLoop)?
    }

    private let seen = Mutex(Seen())

    var connection: ServerConnection? { seen.withLock(\.connection) }
    var loop: (any EventLoop)? { seen.withLock(\.loop) }

    func openSession(_ connection: ServerConnection) -> (any FrameSession)? {
        seen.withLock { $0 = Seen(connection: connection, loop: connection.eventLoop) }
        return Session(connection: connection)
    }

    private final class Session: FrameSession {
        let connection: ServerConnection
        init(connection: ServerConnection) { self.connection = connection }

        func receive(_ frame: Bytes, reply: ReplySlot) {
            connection.pause(for: .seconds(3600))
            reply.send([.bytes(frame)])
        }

        func finishing() {}
        func closed(reason: String) {}
    }
}
