import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time of day.
enum WallClock {
    /// Now, to the millisecond.
    ///
    /// The fields of `timespec` are read as the two words that they are: in a module that also loads other overlays of
    /// libc, Swift 6.3 cannot tell, from one incremental build to the next, which module brings the fields.
    static func now() -> Timestamp {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2) { words in
            words.initialize(repeating: 0)
            _ = words.withMemoryRebound(to: timespec.self) { time in
                time.baseAddress.map { clock_gettime(CLOCK_REALTIME, $0) }
            }
            return Timestamp(Int64(words[0]) * 1000 + Int64(words[1]) / 1_000_000)
        }
    }
}
