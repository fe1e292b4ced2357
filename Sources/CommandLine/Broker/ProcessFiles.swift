#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The processes of this machine, as `/proc` tells of them; as `ps` does where there is no `/proc`.
enum ProcessFiles {
    /// Every process and the words that it was called with.
    static func all() -> [(id: pid_t, words: [String])] {
        guard let folder = opendir("/proc") else { return listed() }
        defer { closedir(folder) }
        var processes: [(id: pid_t, words: [String])] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let id = pid_t(name), let text = contents("/proc/\(name)/cmdline") else { continue }
            processes.append((id, text.split(separator: "\0").map(String.init)))
        }
        return processes
    }

    /// Whether the process has not ended; one that only waits for its parent to look has.
    static func isRunning(_ id: pid_t) -> Bool {
        guard kill(id, 0) == 0 || errno == EPERM else { return false }
        return contents("/proc/\(id)/cmdline").map { !$0.isEmpty } ?? true
    }

    /// The folder that the process works in; nil where the system does not tell.
    static func workingFolder(of id: pid_t) -> String? { link("/proc/\(id)/cwd") }

    /// Where a symbolic link leads; nil where it is none.
    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// A process that ended meanwhile has nothing to read.
    private static func contents(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        return read(file)
    }

    private static func read(_ file: UnsafeMutablePointer<FILE>) -> String {
        var text: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&block, 1, block.count, file)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += block[..<count]
        }
    }

    private static func listed() -> [(id: pid_t, words: [String])] {
        guard let file = popen("ps -ax -o pid=,args=", "r") else { return [] }
        defer { pclose(file) }
        return read(file).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.first.flatMap { pid_t($0) }.map { ($0, Array(words.dropFirst())) }
        }
    }
}
