import CLimits

/// What a comparison counts.
enum Clock: String {
    /// CPU of the calling thread: for work that one thread does. Other load on the machine hardly shows.
    case thread = "thread CPU"
    /// CPU of all threads: for work that several threads share.
    case process = "process CPU"
    /// Time on the wall: for what waits.
    case wall = "wall"

    /// Nanoseconds since some moment.
    var now: Double {
        switch self {
        case .thread: limits_clock_thread()
        case .process: limits_clock_process()
        case .wall: limits_clock_wall()
        }
    }
}

/// The clocks of one round. It runs from the start; a round that prepares something calls ``start()`` after that, and
/// one that puts away calls ``stop()`` before.
final class Stopwatch {
    private var begins: [Clock: Double] = [:]
    private(set) var elapsed: [Clock: Double] = [:]
    private static let clocks: [Clock] = [.process, .wall, .thread]

    init() { start() }

    func start() {
        elapsed = [:]
        for clock in Stopwatch.clocks { begins[clock] = clock.now }
    }

    /// Only the first call counts.
    func stop() {
        guard elapsed.isEmpty else { return }
        let ends = Stopwatch.clocks.reversed().map { ($0, $0.now) }
        for (clock, end) in ends { elapsed[clock] = end - (begins[clock] ?? end) }
    }
}
