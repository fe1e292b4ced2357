import CChecksum

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The operating system's files.
public struct RealFileSystem: FileSystem {
    public init() {}

    public func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> any File {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT
            }
        while true {
            let descriptor = systemOpen(path, flags | O_CLOEXEC)
            if descriptor >= 0 { return RealFile(path: path, fileDescriptor: descriptor) }
            if errno != EINTR { throw FileSystemError(lastErrorOf: "open", path) }
        }
    }

    public func status(of path: String) throws(FileSystemError) -> FileStatus? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileSystemError(lastErrorOf: "stat", path)
        }
        return FileStatus(
            isDirectory: status.st_mode & S_IFMT == S_IFDIR,
            sizeInBytes: Int64(status.st_size),
            modifiedMs: status.modifiedMs
        )
    }

    public func list(_ directory: String) throws(FileSystemError) -> [String] {
        guard let stream = opendir(directory) else { throw FileSystemError(lastErrorOf: "opendir", directory) }
        defer { closedir(stream) }
        var names = [String]()
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileSystemError(lastErrorOf: "readdir", directory) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    public func createDirectory(_ path: String) throws(FileSystemError) {
        if mkdir(path, 0o755) == 0 { return }
        switch errno {
        case EEXIST:
            guard try status(of: path)?.isDirectory == true else {
                throw FileSystemError(operation: "mkdir", path: path, code: EEXIST, reason: "a file is in the way")
            }
        case ENOENT:
            let parent = path.parentDirectory
            guard parent != path else { throw FileSystemError(lastErrorOf: "mkdir", path) }
            try createDirectory(parent)
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileSystemError(lastErrorOf: "mkdir", path) }
        default:
            throw FileSystemError(lastErrorOf: "mkdir", path)
        }
    }

    public func rename(_ path: String, to target: String) throws(FileSystemError) {
        guard systemRename(path, target) == 0 else {
            throw FileSystemError(lastErrorOf: "rename to \(target) of", path)
        }
    }

    public func remove(_ path: String) throws(FileSystemError) -> Bool {
        if unlink(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw FileSystemError(lastErrorOf: "unlink", path)
    }

    public func removeDirectory(_ path: String) throws(FileSystemError) -> Bool {
        if rmdir(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw FileSystemError(lastErrorOf: "rmdir", path)
    }

    public func space(at path: String) throws(FileSystemError) -> FileSystemSpace? {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { throw FileSystemError(lastErrorOf: "statvfs", path) }
        // A size that no Int64 holds is told as the largest, as Kafka does.
        func bytes(_ blocks: some BinaryInteger) -> Int64 {
            let (bytes, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(
                by: Int64(clamping: space.f_frsize)
            )
            return overflow ? .max : bytes
        }
        return FileSystemSpace(totalBytes: bytes(space.f_blocks), usableBytes: bytes(space.f_bavail))
    }

    public func syncDirectory(_ path: String) throws(FileSystemError) {
        let descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystemError(lastErrorOf: "open", path) }
        defer { close(descriptor) }
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw FileSystemError(lastErrorOf: "fsync", path) }
        }
    }
}

// Members of the same names would hide these.

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o644) }
private func systemRename(_ path: String, _ target: String) -> Int32 { rename(path, target) }

extension FileSystemError {
    /// From `errno`, as the operation that just failed left it.
    init(lastErrorOf operation: String, _ path: String) {
        let code = errno
        self.init(operation: operation, path: path, code: code, reason: String(cString: strerror(code)))
    }
}

extension stat {
    fileprivate var modifiedMs: Int64 { withUnsafePointer(to: self) { millrace_modified_milliseconds($0) } }
}
