import CommitLog
import Glibc
import KafkaProtocol
import Records

/// A broker with 2,600 partitions, 20 of which were being written, is killed and started again: the time to its first
/// answer, against opening every folder's files and a CRC over what has to be read again.
struct RestartBenchmark: Benchmark {
    let name = "restart"
    let summary =
        "first answer after kill -9 with 2,600 partitions, 20 being written, against looking at the same files"

    private let topics = 130
    private let partitions: Int32 = 20
    private let batchesPerPartition = 256

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        let versions = ApiVersionsRequest(clientSoftwareName: "benchmark", clientSoftwareVersion: "1")
        let asked = try versions.frame(version: 3, correlationID: 1, clientID: "benchmark").frame
        let folder = try workspace.folder("broker")
        let batch = try SampleRecords.batch(ofBytes: 64 << 10)
        var broker = try SpawnedBroker(session.options.program, folder: folder)
        try broker.waitUntilUp()
        let names = (0..<topics).map { TopicName("topic-\($0)") }
        for name in names { try broker.createTopics([name], partitions: partitions) }
        var (starts, limits) = ([Double](), [Double]())
        for round in 0...session.options.rounds {
            let socket = try broker.connect()
            for partition in 0..<partitions {
                let frame = try Frames.produce(batch, to: names[0], partition: partition)
                for _ in 0..<batchesPerPartition / (round == 0 ? 1 : 8) {
                    try Frames.checkProduced(socket.answer(try socket.exchange(frame)))
                }
            }
            broker.stop(SIGKILL)
            let began = Clock.wall.now
            try look(at: folder)
            limits.append((Clock.wall.now - began) / 1e6)
            broker = try SpawnedBroker(session.options.program, folder: folder)
            starts.append(try broker.timeToFirstAnswer(asked) / 1e6)
            printError("  restart \(starts.last ?? 0) ms against \(limits.last ?? 0) ms")
        }
        broker.stop()
        session.add(
            Figure(
                benchmark: name,
                what: "first answer after kill -9, 2,600 partitions",
                unit: "ms",
                clock: Clock.wall.rawValue,
                ours: starts.dropFirst().map { $0 }.median,
                limit: limits.dropFirst().map { $0 }.median
            )
        )
        session.add(
            Figure(
                benchmark: name,
                what: "the slowest of them",
                unit: "ms",
                clock: Clock.wall.rawValue,
                ours: starts.max() ?? 0,
                budget: 1000
            )
        )
    }

    /// What any broker has to do: list every folder, open and size every file, and read what was being written.
    private func look(at folder: String) throws {
        let files = RealFileSystem()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var sum: UInt32 = 0
        for name in try files.list(folder) where name.hasPrefix("topic-") {
            for file in try files.list("\(folder)/\(name)") {
                let path = "\(folder)/\(name)/\(file)"
                guard let size = try files.status(of: path)?.sizeInBytes else { continue }
                let opened = try files.open(path, .read)
                guard file.hasSuffix(".log") else { continue }
                var position: Int64 = 0
                while position < size {
                    let count = try buffer.withUnsafeMutableBytes { buffer throws(FileSystemError) in
                        try opened.read(into: buffer, at: position)
                    }
                    guard count > 0 else { break }
                    buffer.withUnsafeBytes { sum ^= crc32c(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                    position += Int64(count)
                }
            }
        }
        guard sum != 1 else { throw BenchmarkError("a sum of 1") }
    }
}
