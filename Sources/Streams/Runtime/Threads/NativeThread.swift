#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread of the operating system's, for work that blocks.
enum NativeThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own, which ends with it. Errors: ``StreamsException`` where the system has no
    /// thread to give.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { NativeThread.run($0) }, start.toOpaque())
            if code == 0, let thread { pthread_detach(thread) }
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { $0.flatMap { NativeThread.run($0) } }, start.toOpaque())
            if code == 0 { pthread_detach(thread) }
        #endif
        guard code == 0 else {
            start.release()
            throw StreamsException("The system refuses to start the thread \(name), with error \(code)")
        }
    }

    private static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        // The system shows 15 characters: the end of the name tells threads apart.
        #if canImport(Darwin)
            pthread_setname_np(start.name)
        #else
            show(String(start.name.suffix(15)))
        #endif
        start.body()
        return nil
    }

    #if !canImport(Darwin)
        /// Names the thread for `top` and debuggers; where the system does not let it, it has none.
        private static func show(_ name: String) {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            _ = write(file, name, name.utf8.count)
            close(file)
        }
    #endif
}
