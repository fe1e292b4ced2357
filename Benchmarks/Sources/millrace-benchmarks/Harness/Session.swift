/// A run of the program: measures, and keeps the figures.
final class Session {
    let options: Options
    var benchmark = ""
    private(set) var figures: [Figure] = []

    init(_ options: Options) { self.options = options }

    /// Measures `ours` and `limit` in turn (A B A B ...), a round of each not counted, and adds a figure for each clock.
    ///
    /// Both return how many operations the round had. The budget is that of the first clock; further ones are there to be
    /// read beside it.
    func compare(
        _ what: String,
        per operation: String,
        clocks: [Clock] = [.thread],
        budget: Double? = nil,
        ours: (Stopwatch) async throws -> Int,
        limit: (Stopwatch) async throws -> Int
    ) async throws {
        var (oursRounds, limitRounds) = ([[Clock: Double]](), [[Clock: Double]]())
        for round in 0...options.rounds {
            let (a, b) = (try await self.round(ours), try await self.round(limit))
            guard round > 0 else { continue }
            oursRounds.append(a)
            limitRounds.append(b)
            printError("  \(what): \(report(a, clocks[0])) against \(report(b, clocks[0])) a \(operation)")
        }
        for clock in clocks {
            add(
                Figure(
                    benchmark: benchmark,
                    what: what,
                    unit: "ns/\(operation)",
                    clock: clock.rawValue,
                    ours: oursRounds.map { $0[clock] ?? 0 }.median,
                    limit: limitRounds.map { $0[clock] ?? 0 }.median,
                    budget: clock == clocks[0] ? budget : nil
                )
            )
        }
    }

    /// Adds a figure that was measured otherwise.
    func add(_ figure: Figure) { figures.append(figure) }

    /// Nanoseconds an operation, by clock.
    private func round(_ body: (Stopwatch) async throws -> Int) async throws -> [Clock: Double] {
        let watch = Stopwatch()
        let operations = try await body(watch)
        watch.stop()
        return watch.elapsed.mapValues { $0 / Double(max(operations, 1)) }
    }

    private func report(_ round: [Clock: Double], _ clock: Clock) -> String {
        "\((round[clock] ?? 0).formatted(digits: 1)) ns"
    }
}

extension [Double] {
    /// The middle one; of an even count the mean of the two in the middle.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
