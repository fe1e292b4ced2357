#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small files of the state directory, read and replaced as a whole. Errors: ``ProcessorStateException`` with the path.
enum StateFile {
    /// The file's text, with U+FFFD where it is no UTF-8; nil when there is no such file.
    static func read(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FolderTree.failure("read", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = chunk.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw FolderTree.failure("read", path)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Puts `text` in place of what the file was, at once: after a crash it is the old text or the new one.
    static func replace(_ path: String, with text: String) throws {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FolderTree.failure("write", temporary) }
        defer { close(descriptor) }
        var text = text
        try text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[written...])
                let count = write(descriptor, rest.baseAddress, rest.count)
                guard count >= 0 else {
                    if errno == EINTR { continue }
                    throw FolderTree.failure("write", temporary)
                }
                written += count
            }
        }
        guard fsync(descriptor) == 0 else { throw FolderTree.failure("sync", temporary) }
        guard rename(temporary, path) == 0 else { throw FolderTree.failure("replace", path) }
    }
}

private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
