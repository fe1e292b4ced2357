/// One line, or a few, of PERFORMANCE.md's budget.
protocol Benchmark: Sendable {
    /// What it is called on the command line.
    var name: String { get }
    /// What it measures, and what against.
    var summary: String { get }
    /// Measures, and adds figures to the session.
    func run(_ session: Session) async throws
}

/// A benchmark cannot be run here.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
