#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of the operating system: positioned reads and writes on one descriptor, which closes with this value.
final class RealFile: File {
    let path: String
    private let fileDescriptor: Int32

    init(path: String, fileDescriptor: Int32) {
        self.path = path
        self.fileDescriptor = fileDescriptor
    }

    deinit {
        // Its result says nothing that a sync before would not have said.
        close(fileDescriptor)
    }

    var descriptor: Int32? { fileDescriptor }

    func size() throws(FileSystemError) -> Int64 {
        var status = stat()
        guard fstat(fileDescriptor, &status) == 0 else { throw FileSystemError(lastErrorOf: "fstat", path) }
        return Int64(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(fileDescriptor, start + done, buffer.count - done, off_t(position) + off_t(done))
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw FileSystemError(lastErrorOf: "pread", path)
            }
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError) {
        guard let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(fileDescriptor, start + done, bytes.count - done, off_t(position) + off_t(done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw FileSystemError(operation: "pwrite", path: path, code: EIO, reason: "no byte was written")
            } else if errno != EINTR {
                throw FileSystemError(lastErrorOf: "pwrite", path)
            }
        }
    }

    func truncate(to size: Int64) throws(FileSystemError) {
        while ftruncate(fileDescriptor, off_t(size)) != 0 {
            if errno != EINTR { throw FileSystemError(lastErrorOf: "ftruncate", path) }
        }
    }

    func sync() throws(FileSystemError) {
        #if canImport(Darwin)
            while fcntl(fileDescriptor, F_FULLFSYNC) != 0 {
                if errno != EINTR { throw FileSystemError(lastErrorOf: "fcntl F_FULLFSYNC", path) }
            }
        #else
            while fdatasync(fileDescriptor) != 0 {
                if errno != EINTR { throw FileSystemError(lastErrorOf: "fdatasync", path) }
            }
        #endif
    }
}
