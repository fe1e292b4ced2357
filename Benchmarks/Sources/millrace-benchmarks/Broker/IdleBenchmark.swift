import CLimits
import Glibc
import Records

/// 10,000 connections, each in a long poll of a topic without news: what they cost a broker that has nothing to do. And the
/// memory of 1,000 connections, and of 1,000 partitions.
struct IdleBenchmark: Benchmark {
    let name = "idle"
    let summary =
        "memory and CPU of 10,000 connections in a long poll; memory of 1,000 connections and 1,000 partitions"

    private let count = 10_000

    func run(_ session: Session) async throws {
        try raiseFileLimit()
        let workspace = try Workspace(in: session.options.folder)
        let broker = try SpawnedBroker(session.options.program, folder: try workspace.folder("broker"))
        defer { broker.stop() }
        try broker.waitUntilUp()
        try broker.createTopics(["topic"])
        usleep(500_000)
        let before = try broker.residentBytes()
        let frame = try Frames.fetch("topic", at: 0, maxBytes: 1 << 20, waitMs: 600_000)
        var connections: [Int32] = []
        defer { for connection in connections { close(connection) } }
        for number in 1...count {
            let connection = limits_connect(UInt16(broker.port))
            guard connection >= 0 else {
                throw BenchmarkError("connection \(number): \(String(cString: strerror(-connection)))")
            }
            connections.append(connection)
            guard send(connection, frame, frame.count, 0) == frame.count else { throw BenchmarkError("a send failed") }
            guard number == 1000 else { continue }
            sleep(1)
            add("memory with 1,000 connections in a long poll", "MB", try broker.residentMegabytes(), nil, session)
        }
        sleep(1)
        let after = try broker.residentBytes()
        let cpu = try broker.cpuTime()
        let seconds = 10
        sleep(UInt32(seconds))
        let used = try broker.cpuTime() - cpu
        add("memory of a connection in a long poll", "kB", (after - before) / Double(count) / 1024, 20, session)
        add("CPU with 10,000 of them", "% of a core", used / Double(seconds) / 1e7, 2, session)

        let wide = try SpawnedBroker(session.options.program, folder: try workspace.folder("broker"))
        defer { wide.stop() }
        try wide.waitUntilUp()
        try wide.createTopics(["topic"], partitions: 1000)
        sleep(1)
        add("memory with 1,000 partitions", "MB", try wide.residentMegabytes(), nil, session)
    }

    private func add(_ what: String, _ unit: String, _ value: Double, _ budget: Double?, _ session: Session) {
        session.add(Figure(benchmark: name, what: what, unit: unit, clock: "", ours: value, budget: budget))
    }

    /// Both sides of every connection live on this machine; the broker inherits the limit.
    private func raiseFileLimit() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur > UInt(count + 100) else {
            throw BenchmarkError("only \(limit.rlim_cur) open files are allowed here; raise it: ulimit -n")
        }
    }
}
