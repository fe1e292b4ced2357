import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Holds `.lock` in a log directory, so that two brokers never open one folder. The system lets it go with the process.
final class DirectoryLock: Sendable {
    static let name = ".lock"
    private let descriptor: Mutex<Int32?>

    /// Errors: ``StartupError`` when another process holds the lock, or the file cannot be made.
    init(_ directory: String) throws(StartupError) {
        let path = "\(directory)/\(DirectoryLock.name)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StartupError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StartupError("\(directory) is in use by another broker: \(path) is locked")
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Lets the folder go, whoever still holds this value.
    func release() {
        descriptor.withLock { descriptor in
            if let held = descriptor { close(held) }
            descriptor = nil
        }
    }

    deinit { release() }
}
