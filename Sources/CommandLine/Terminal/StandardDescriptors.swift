#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The three descriptors that every program begins with.
enum StandardDescriptors {
    /// Gives `/dev/null` to those that the caller has closed: else the first file or socket that is opened takes the number, and
    /// what is meant for the user goes there.
    static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}
