import CLimits
import CommitLog
import Glibc
import KafkaProtocol

/// Starts the released program on an empty folder, and measures the time until it answers its first request, and its
/// memory when it has nothing to do.
struct StartBenchmark: Benchmark {
    let name = "start"
    let summary = "from the broker's start to its first answer, and its memory when idle"

    func run(_ session: Session) async throws {
        let program = session.options.program
        guard access(program, X_OK) == 0 else {
            throw BenchmarkError("there is no program at \(program): build it (make build), or name it with --program")
        }
        let workspace = try Workspace(in: session.options.folder)
        let request = ApiVersionsRequest(clientSoftwareName: "benchmark", clientSoftwareVersion: "1")
        let frame = try request.frame(version: 3, correlationID: 1, clientID: "benchmark").frame
        var (starts, restarts, memory) = ([Double](), [Double](), [Double]())
        for _ in 0..<session.options.rounds {
            let folder = try workspace.folder("broker")
            for isFirst in [true, false] {
                let broker = try SpawnedBroker(program, folder: folder, port: try StartBenchmark.freePort())
                let milliseconds = try broker.timeToFirstAnswer(frame) / 1e6
                if isFirst { starts.append(milliseconds) } else { restarts.append(milliseconds) }
                if !isFirst {
                    // Idle is after what starts late has run; the figure is read once, so a pause is good enough.
                    usleep(500_000)
                    memory.append(try broker.residentMegabytes())
                }
                broker.stop()
            }
            printError("  start \(starts.last ?? 0) ms, again \(restarts.last ?? 0) ms, \(memory.last ?? 0) MB")
        }
        add("start to first answer, new folder", "ms", starts, budget: 30, clock: .wall, session)
        add("start to first answer, same folder", "ms", restarts, budget: 30, clock: .wall, session)
        add("memory when idle", "MB", memory, budget: 20, clock: nil, session)
    }

    private func add(
        _ what: String,
        _ unit: String,
        _ values: [Double],
        budget: Double,
        clock: Clock?,
        _ session: Session
    ) {
        session.add(
            Figure(
                benchmark: name,
                what: what,
                unit: unit,
                clock: clock?.rawValue ?? "",
                ours: values.median,
                budget: budget
            )
        )
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let server = try LimitServer.echo()
        // Its thread ends with the connection.
        _ = try FrameSocket(port: server.port, answerCapacity: 16)
        server.join()
        return server.port
    }
}

/// The broker as a process of its own.
private final class SpawnedBroker {
    private let process: pid_t
    private let started: Double
    private let port: Int

    init(_ program: String, folder: String, port: Int) throws {
        self.port = port
        let arguments = [
            program, "broker", "--listeners", "PLAINTEXT://127.0.0.1:\(port)", "--log-dirs", folder, "--override",
            "offsets.topic.num.partitions=1",
        ]
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

    /// Nanoseconds.
    func timeToFirstAnswer(_ frame: [UInt8]) throws -> Double {
        while Clock.wall.now - started < 10e9 {
            if let socket = try? FrameSocket(port: port, answerCapacity: 1 << 16) {
                try socket.exchange(frame)
                return Clock.wall.now - started
            }
            usleep(200)
        }
        stop()
        throw BenchmarkError("the broker did not answer within 10 seconds")
    }

    func residentMegabytes() throws -> Double {
        let file = try RealFileSystem().open("/proc/\(process)/statm", .read)
        var text = [UInt8](repeating: 0, count: 256)
        let count = try text.withUnsafeMutableBytes { buffer throws(FileSystemError) in
            try file.read(into: buffer, at: 0)
        }
        let fields = String(decoding: text.prefix(count), as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { throw BenchmarkError("no memory figure") }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / Double(1 << 20)
    }

    func stop() {
        kill(process, SIGTERM)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}
