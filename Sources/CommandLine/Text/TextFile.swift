#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file could not be read.
struct FileError: Error, Hashable {
    let path: String
    let reason: String
}

/// Small text files that tools are given.
enum TextFile {
    /// The whole text. Errors: what the system says against reading it.
    static func read(_ path: String) throws(FileError) -> String {
        guard let file = fopen(path, "r") else { throw FileError(path: path, reason: String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
        }
        guard ferror(file) == 0 else { throw FileError(path: path, reason: String(cString: strerror(errno))) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
