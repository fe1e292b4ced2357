import CommitLog
import Glibc
import KafkaProtocol
import Records

/// How many records a second of the broker's CPU takes in and gives out, over TCP, in batches of 64 KB (before compression),
/// against CRC and pwrite, and sendfile, of the same bytes.
struct CPUBenchmark: Benchmark {
    let name = "cpu"
    let summary =
        "the broker's CPU a record for produce and fetch, 100 B and 1 kB, none and lz4, against pwrite and sendfile"

    private let batches = 2000

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let broker = try SpawnedBroker(session.options.program, folder: try workspace.folder("broker"))
        defer { broker.stop() }
        try broker.waitUntilUp()
        var number = 0
        for (size, compression) in [(100, Compression.none), (100, .lz4), (1000, .none), (1000, .lz4)] {
            let (batch, records) = try CPUBenchmark.batch(recordBytes: size, compression)
            let what = "\(size) B, \(compression == .none ? "none" : "lz4")"
            var (produced, fetched, written, sent) = ([Double](), [Double](), [Double](), [Double]())
            for round in 0...session.options.rounds {
                number += 1
                let topic = TopicName("topic-\(number)")
                try broker.createTopics([topic])
                let socket = try broker.connect(answerCapacity: 4 << 20)
                let total = Double(records * batches)
                let frame = try Frames.produce(batch, to: topic)
                let began = try broker.cpuTime()
                for _ in 0..<batches { try socket.exchange(frame) }
                try Frames.checkProduced(socket.answer(try socket.exchange(frame)))
                let stored = try broker.cpuTime()
                try fetchAll(topic, batch, records, socket)
                let done = try broker.cpuTime()
                let limit = try CPUBenchmark.limits(batch, batches, workspace)
                guard round > 0 else { continue }
                produced.append((stored - began) / total)
                fetched.append((done - stored) / total)
                written.append(limit.written / total)
                sent.append(limit.sent / total)
            }
            add("produce, \(what)", produced.median, written.median, session)
            add("fetch, \(what)", fetched.median, sent.median, session)
        }
    }

    private func add(_ what: String, _ ours: Double, _ limit: Double, _ session: Session) {
        session.add(
            Figure(benchmark: name, what: what, unit: "ns/record", clock: "broker CPU", ours: ours, limit: limit)
        )
        let perSecond = ours > 0 ? 1e3 / ours : 0
        session.add(
            Figure(benchmark: name, what: what, unit: "M records/CPU s", clock: "broker CPU", ours: perSecond)
        )
    }

    /// Reads the topic in pieces of a megabyte or so, whole batches each.
    private func fetchAll(_ topic: TopicName, _ batch: Bytes, _ records: Int, _ socket: FrameSocket) throws {
        let perFetch = max(1, (1 << 20) / batch.count)
        for start in stride(from: 0, to: batches, by: perFetch) {
            let frame = try Frames.fetch(
                topic,
                at: Offset(Int64(start * records)),
                maxBytes: min(perFetch, batches - start) * batch.count
            )
            let size = try socket.exchange(frame)
            guard size > batch.count else { throw BenchmarkError("a fetch of \(topic) gave \(size) bytes") }
        }
    }

    /// CPU of CRC and pwrite, and of sendfile in pieces of a megabyte, for as many batches.
    private static func limits(
        _ batch: Bytes,
        _ count: Int,
        _ workspace: Workspace
    ) throws -> (written: Double, sent: Double) {
        let folder = try workspace.folder("raw")
        defer { Workspace.remove(folder) }
        let file = try RealFileSystem().open("\(folder)/file", .create)
        var sum: UInt32 = 0
        let began = Clock.thread.now
        try batch.withUnsafeBytes { bytes in
            for index in 0..<count {
                sum ^= crc32c(UnsafeRawBufferPointer(rebasing: bytes[21...]))
                try file.write(bytes, at: Int64(index * bytes.count))
            }
        }
        let written = Clock.thread.now - began
        guard sum == 0, let descriptor = file.descriptor else { throw BenchmarkError("the CRC changed") }
        let server = try LimitServer.sendfile(descriptor, headBytes: 0)
        var socket: FrameSocket? = try FrameSocket(port: server.port, answerCapacity: 4 << 20)
        let perFetch = max(1, (1 << 20) / batch.count)
        // The server's CPU is the process's without that of this thread, which reads.
        let (process, thread) = (Clock.process.now, Clock.thread.now)
        for start in stride(from: 0, to: count, by: perFetch) {
            let numbers = [Int64(start * batch.count), Int64(min(perFetch, count - start) * batch.count)]
            let frame = withUnsafeBytes(of: UInt32(16).bigEndian) { Array($0) } + numbers.withUnsafeBytes { Array($0) }
            try socket?.exchange(frame)
        }
        let sent = (Clock.process.now - process) - (Clock.thread.now - thread)
        socket = nil
        server.join()
        return (written, sent)
    }

    private static func batch(recordBytes: Int, _ compression: Compression) throws -> (Bytes, records: Int) {
        var builder = RecordBatchBuilder(compression: compression)
        var records = 0
        var filled = 0
        while filled + recordBytes + 10 <= 64 << 10 {
            let value = Array(SampleRecords.text(recordBytes, seed: UInt64(records)).utf8)
            value.withUnsafeBytes {
                builder.append(timestamp: Timestamp(SampleRecords.startTime), key: nil, value: $0)
            }
            records += 1
            filled += recordBytes + 10
        }
        return (try builder.build().copied(), records)
    }
}
