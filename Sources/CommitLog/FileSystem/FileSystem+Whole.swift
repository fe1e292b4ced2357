import Records

/// Small files as a whole: checkpoints and snapshots.
extension FileSystem {
    /// The file's contents, nil where there is no such file. Errors: those of the file system, and a file that exceeds `limit`.
    public func contents(of path: String, limit: Int = 256 << 20) throws(FileSystemError) -> Bytes? {
        guard let status = try status(of: path), !status.isDirectory else { return nil }
        guard status.sizeInBytes <= Int64(limit) else {
            let reason = "\(status.sizeInBytes) bytes exceed the limit of \(limit)"
            throw FileSystemError(operation: "read", path: path, code: 0, reason: reason)
        }
        let file = try open(path, .read)
        return try Bytes(capacity: Int(status.sizeInBytes)) { (buffer) throws(FileSystemError) in
            try file.read(into: buffer, at: 0)
        }
    }

    /// Replaces the file in one step that a crash cannot tear: written beside it under `.tmp`, synced, renamed, and the
    /// directory synced.
    public func replace(_ path: String, with contents: Bytes) throws(FileSystemError) {
        let temporary = path + ".tmp"
        let file = try open(temporary, .create)
        try file.truncate(to: 0)
        try contents.withUnsafeBytes { (bytes) throws(FileSystemError) in try file.write(bytes, at: 0) }
        try file.sync()
        try rename(temporary, to: path)
        try syncDirectory(path.parentDirectory)
    }

    /// Removes a directory and what is in it; false where there was none. What a crash leaves of it can be removed again.
    @discardableResult
    public func removeTree(_ path: String) throws(FileSystemError) -> Bool {
        guard let status = try status(of: path) else { return false }
        guard status.isDirectory else { return try remove(path) }
        for name in try list(path) { try removeTree(path + "/" + name) }
        return try removeDirectory(path)
    }
}

extension String {
    /// The path before the last `/`; `.` where there is none.
    var parentDirectory: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The path after the last `/`.
    var lastPathComponent: String {
        guard let slash = lastIndex(of: "/") else { return self }
        return String(self[index(after: slash)...])
    }
}
