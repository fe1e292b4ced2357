import CChecksum

extension Timestamp {
    /// The system's wall clock, to the millisecond. For shells that hand time in; nothing else reads a clock.
    public static func now() -> Timestamp { Timestamp(millrace_wall_clock_nanoseconds() / 1_000_000) }
}
