import Glibc

/// Runs the benchmarks that were named, or all of them, and prints a table: each figure beside its limit.
@main
enum Main {
    static let benchmarks: [any Benchmark] = [
        DecodeBenchmark(), AppendBenchmark(), ProduceBenchmark(), ProducerBenchmark(), FetchBenchmark(),
        RoundTripBenchmark(), CopyBenchmark(), CountBenchmark(), WindowBenchmark(), JoinBenchmark(),
        StreamJoinBenchmark(), RestoreBenchmark(), JSONBenchmark(), EndToEndBenchmark(), StartBenchmark(),
        RestartBenchmark(),
        FlushBenchmark(), CompactionBenchmark(),
        IdleBenchmark(), CPUBenchmark(), LatencyBenchmark(), ToolsBenchmark(),
    ]

    static func main() async {
        let options: Options
        do {
            options = try Options(Array(CommandLine.arguments.dropFirst()), known: benchmarks.map { $0.name })
        } catch {
            printError("\(error)\n\n\(Options.usage(benchmarks))")
            exit(2)
        }
        if options.showsHelp {
            print(Options.usage(benchmarks))
            return
        }
        let session = Session(options)
        var hasFailed = false
        for benchmark in benchmarks where options.names.isEmpty || options.names.contains(benchmark.name) {
            printError("\(benchmark.name) ...")
            session.benchmark = benchmark.name
            do {
                try await benchmark.run(session)
            } catch {
                hasFailed = true
                printError("\(benchmark.name) failed: \(error)")
            }
        }
        print(options.printsJSON ? Report.json(session.figures) : Report.table(session.figures))
        exit(hasFailed ? 1 : 0)
    }
}

/// Progress and errors: the table alone goes to the standard output.
func printError(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
