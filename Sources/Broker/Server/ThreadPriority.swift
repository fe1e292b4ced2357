#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How much of the processors a thread gets beside others.
enum ThreadPriority {
    /// The calling thread gets a tenth of a processor that others want as well, and all of one that nobody wants.
    /// Not less: it takes partitions' locks now and then, and must let them go.
    static func yieldToOthers() {
        // On Linux a priority is a thread's own. It is a wish: without it the chores only run sooner.
        #if canImport(Glibc)
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #elseif canImport(Musl)
            _ = setpriority(PRIO_PROCESS, 0, 10)
        #else
            _ = setpriority(PRIO_DARWIN_THREAD, 0, PRIO_DARWIN_BG)
        #endif
    }
}
