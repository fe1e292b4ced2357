import CommitLog
import Glibc
import KafkaProtocol
import Records

/// The released program as a process of its own, on a port of 127.0.0.1.
final class SpawnedBroker {
    let port: Int
    private let process: pid_t
    private let started: Double

    init(_ program: String, folder: String, _ properties: [String: String] = [:]) throws {
        guard access(program, X_OK) == 0 else {
            throw BenchmarkError("there is no program at \(program): build it (make build), or name it with --program")
        }
        port = try SpawnedBroker.freePort()
        var arguments = [
            program, "broker", "--listeners", "PLAINTEXT://127.0.0.1:\(port)", "--log-dirs", folder, "--override",
            "offsets.topic.num.partitions=1",
        ]
        for (name, value) in properties { arguments += ["--override", "\(name)=\(value)"] }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = arguments.map { strdup($0) }
        defer { for word in words { free(word) } }
        var process = pid_t()
        started = Clock.wall.now
        let code = posix_spawn(&process, program, &actions, nil, words + [nil], environ)
        guard code == 0 else { throw BenchmarkError("starting \(program): \(String(cString: strerror(code)))") }
        self.process = process
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let server = try LimitServer.echo()
        // Its thread ends with the connection.
        _ = try FrameSocket(port: server.port, answerCapacity: 16)
        server.join()
        return server.port
    }

    func connect(answerCapacity: Int = 1 << 20) throws -> FrameSocket {
        try FrameSocket(port: port, answerCapacity: answerCapacity)
    }

    /// Nanoseconds from the start to the answer to `frame`.
    func timeToFirstAnswer(_ frame: [UInt8]) throws -> Double {
        while Clock.wall.now - started < 60e9 {
            if let socket = try? connect() {
                try socket.exchange(frame)
                return Clock.wall.now - started
            }
            usleep(200)
        }
        stop()
        throw BenchmarkError("the broker did not answer within a minute")
    }

    /// Waits until it answers.
    func waitUntilUp() throws {
        let request = ApiVersionsRequest(clientSoftwareName: "benchmark", clientSoftwareVersion: "1")
        _ = try timeToFirstAnswer(try request.frame(version: 3, correlationID: 1, clientID: "benchmark").frame)
    }

    /// Makes topics and waits until they are there.
    func createTopics(_ names: [TopicName], partitions: Int32 = 1) throws {
        var request = CreateTopicsRequest(timeoutMs: 60_000)
        request.topics = names.map { .init(name: $0, numPartitions: partitions, replicationFactor: 1) }
        let socket = try connect()
        let frame = try request.frame(version: 7, correlationID: 1, clientID: "benchmark").frame
        let answer = socket.answer(try socket.exchange(frame))
        let (_, body) = try ResponseHeader.decode(answer, for: .createTopics, 7)
        let failed = try CreateTopicsResponse.decode(body, version: 7).topics.first { $0.errorCode != .none }
        if let failed { throw BenchmarkError("\(failed.name) was not made: \(failed.errorCode)") }
    }

    func residentBytes() throws -> Double {
        let fields = try read("statm").split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { throw BenchmarkError("no memory figure") }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    func residentMegabytes() throws -> Double { try residentBytes() / Double(1 << 20) }

    /// CPU time of the threads that it has, in nanoseconds, as the scheduler counts it.
    func cpuTime() throws -> Double {
        var total = 0.0
        for thread in try RealFileSystem().list("/proc/\(process)/task") {
            guard let text = try? read("task/\(thread)/schedstat"), let time = text.split(separator: " ").first else {
                continue
            }
            total += Double(time) ?? 0
        }
        guard total > 0 else { throw BenchmarkError("no CPU figure") }
        return total
    }

    private func read(_ name: String) throws -> String {
        let file = try RealFileSystem().open("/proc/\(process)/\(name)", .read)
        var text = [UInt8](repeating: 0, count: 1024)
        let count = try text.withUnsafeMutableBytes { buffer throws(FileSystemError) in
            try file.read(into: buffer, at: 0)
        }
        return String(decoding: text.prefix(count), as: UTF8.self)
    }

    func stop(_ signal: Int32 = SIGTERM) {
        kill(process, signal)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}
