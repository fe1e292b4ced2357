import Glibc
import KafkaProtocol

/// Starts the released program on an empty folder, and measures the time until it answers its first request, and its
/// memory when it has nothing to do.
struct StartBenchmark: Benchmark {
    let name = "start"
    let summary = "from the broker's start to its first answer, and its memory when idle"

    func run(_ session: Session) async throws {
        let program = session.options.program
        let workspace = try Workspace(in: session.options.folder)
        let request = ApiVersionsRequest(clientSoftwareName: "benchmark", clientSoftwareVersion: "1")
        let frame = try request.frame(version: 3, correlationID: 1, clientID: "benchmark").frame
        var (starts, restarts, memory) = ([Double](), [Double](), [Double]())
        for _ in 0..<session.options.rounds {
            let folder = try workspace.folder("broker")
            for isFirst in [true, false] {
                let broker = try SpawnedBroker(program, folder: folder)
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
}
