import CChecksum

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders of the state directory: made, listed and removed. Errors: ``ProcessorStateException`` with the path.
enum FolderTree {
    /// Makes the folder and those above it that are missing, readable by owner and group only.
    static func create(_ path: String) throws {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if mkdir(partial, 0o750) == 0 || errno == EEXIST || errno == EISDIR { continue }
            throw failure("make the folder", partial)
        }
        guard isFolder(path) else {
            throw ProcessorStateException("\(path) cannot be made a folder: a file of that name is in the way")
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// When the folder was last changed, in milliseconds since 1970; nil when it is not there.
    static func lastModifiedMs(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return millrace_modified_milliseconds(&status)
    }

    /// The names in a folder, sorted; none when it is not there.
    static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw failure("list", path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with all it holds; links are removed, not followed. Nothing happens when it is not
    /// there.
    static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw failure("remove", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if unlink(path) != 0, errno != ENOENT { throw failure("remove", path) }
            return
        }
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        if rmdir(path) != 0, errno != ENOENT { throw failure("remove", path) }
    }

    static func failure(_ operation: String, _ path: String) -> ProcessorStateException {
        ProcessorStateException("cannot \(operation) \(path): \(String(cString: strerror(errno)))")
    }
}
