#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A broker in the background: a process of its own session, so that it outlives the terminal.
enum Daemon {
    #if canImport(Darwin)
        private static let ownSession: Int32 = 0x400
    #else
        private static let ownSession: Int32 = 0x80
    #endif

    /// Starts `kafka-server-start.sh` with these arguments; what it prints is appended to the log. Errors: a log that
    /// cannot be written, and what keeps the process from beginning.
    static func start(arguments: [String]) throws(ToolFailure) {
        let folder = getenv("LOG_DIR").map { String(cString: $0) } ?? "logs"
        let log = folder + "/server.log"
        for end in folder.indices where folder[end] == "/" && end != folder.startIndex {
            // What is missing after all is told below.
            _ = mkdir(String(folder[..<end]), 0o755)
        }
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw failure("The folder \(folder)", errno) }
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard descriptor >= 0 else { throw failure("The log \(log)", errno) }
        defer { close(descriptor) }
        let code = spawn([RunningProgram.path, "kafka-server-start.sh"] + arguments, output: descriptor)
        guard code == 0 else { throw failure("The broker", code) }
    }

    private static func spawn(_ words: [String], output: Int32) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        posix_spawnattr_setflags(&attributes, Int16(ownSession))
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        argv.append(nil)
        defer { for word in argv { free(word) } }
        var process = pid_t()
        return posix_spawn(&process, words[0], &actions, &attributes, argv, environ)
    }

    private static func failure(_ what: String, _ code: Int32) -> ToolFailure {
        .refused("\(what) cannot be opened or started: \(String(cString: strerror(code)))")
    }
}

/// The program that this process runs.
enum RunningProgram {
    /// Its file; the name that it was called by where the system does not tell.
    static var path: String {
        #if canImport(Darwin)
            var size = UInt32(4096)
            var buffer = [CChar](repeating: 0, count: Int(size))
            if _NSGetExecutablePath(&buffer, &size) == 0 { return String(cString: buffer) }
        #else
            if let path = ProcessFiles.link("/proc/self/exe") { return path }
        #endif
        return Swift.CommandLine.arguments.first ?? "millrace"
    }
}
