import Glibc
import Records

/// From the start of `kafka-topics.sh --list` to the first byte of its answer, against a broker on this machine: the program
/// called by that name, and the launcher in bin/ with all that it does. The limit is a program that only starts, and an echo
/// over a new connection.
struct ToolsBenchmark: Benchmark {
    let name = "tools"
    let summary = "from the start of kafka-topics.sh --list to its first output, against an empty program and a connect"

    private let count = 100

    func run(_ session: Session) async throws {
        let program = session.options.program
        let workspace = try Workspace(in: session.options.folder)
        let broker = try SpawnedBroker(program, folder: try workspace.folder("broker"))
        defer { broker.stop() }
        try broker.waitUntilUp()
        try broker.createTopics(["topic"])
        let list = ["--bootstrap-server", "127.0.0.1:\(broker.port)", "--list"]
        let launcher = "bin/kafka-topics.sh"
        let hasLauncher = access(launcher, X_OK) == 0 && program.hasPrefix(".build/")
        var (direct, launched, limit) = ([Double](), [Double](), [Double]())
        for round in 0...count {
            let own = try firstOutput([program, "kafka-topics.sh"] + list)
            let whole = hasLauncher ? try firstOutput([launcher] + list) : nil
            let empty = try firstOutput(["/bin/echo"]) + (try connectTime())
            guard round > 0 else { continue }
            direct.append(own)
            limit.append(empty)
            if let whole { launched.append(whole) }
        }
        add("topics --list to its first output", direct, limit: limit.median, session)
        if hasLauncher { add("the same through bin/kafka-topics.sh", launched, budget: 50, session) }
    }

    private func add(
        _ what: String,
        _ ours: [Double],
        limit: Double? = nil,
        budget: Double? = nil,
        _ session: Session
    ) {
        session.add(
            Figure(
                benchmark: name,
                what: what,
                unit: "ms",
                clock: Clock.wall.rawValue,
                ours: ours.median,
                limit: limit,
                budget: budget
            )
        )
    }

    /// Milliseconds from the start to the first byte; waits for the end, too.
    private func firstOutput(_ words: [String]) throws -> Double {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw BenchmarkError("no pipe: \(String(cString: strerror(errno)))") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        let arguments = words.map { strdup($0) }
        defer { for word in arguments { free(word) } }
        var process = pid_t()
        let began = Clock.wall.now
        let code = posix_spawn(&process, words[0], &actions, nil, arguments + [nil], environ)
        close(ends[1])
        guard code == 0 else { throw BenchmarkError("starting \(words[0]): \(String(cString: strerror(code)))") }
        var byte: UInt8 = 0
        let read = read(ends[0], &byte, 1)
        let milliseconds = (Clock.wall.now - began) / 1e6
        close(ends[0])
        var status: Int32 = 0
        waitpid(process, &status, 0)
        guard read == 1 else { throw BenchmarkError("\(words.joined(separator: " ")) printed nothing") }
        return milliseconds
    }

    /// Milliseconds of a connection and one exchange of a few bytes.
    private func connectTime() throws -> Double {
        let server = try LimitServer.echo()
        let began = Clock.wall.now
        var socket: FrameSocket? = try FrameSocket(port: server.port, answerCapacity: 64)
        try socket?.exchange([0, 0, 0, 4, 1, 2, 3, 4])
        let milliseconds = (Clock.wall.now - began) / 1e6
        socket = nil
        server.join()
        return milliseconds
    }
}
