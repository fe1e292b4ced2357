import CommitLog
import Glibc

/// A folder for logs and stores, removed with all it holds when nobody refers to it any more.
final class Workspace {
    let path: String
    private let fileSystem = RealFileSystem()
    private var count = 0

    init(in folder: String) throws {
        var template = Array("\(folder)/millrace-benchmarks-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BenchmarkError("no folder can be made in \(folder)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Workspace.remove(path) }

    /// A new folder inside.
    func folder(_ name: String) throws -> String {
        count += 1
        let folder = "\(path)/\(name)-\(count)"
        try fileSystem.createDirectory(folder)
        return folder
    }

    /// Removes a file, or a folder with all it holds.
    static func remove(_ path: String) {
        if let stream = opendir(path) {
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { names.append(name) }
            }
            closedir(stream)
            for name in names { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
