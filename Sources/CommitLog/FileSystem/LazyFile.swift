import Synchronization

/// A file that opens when it is first needed, so that an idle partition holds no descriptor.
///
/// Invariant: path and open file change together, under one lock, so a rename never separates them.
final class LazyFile: Sendable {
    private struct State {
        var path: String
        var file: (any File)?
        var isRetained: Bool
    }

    private let fileSystem: any FileSystem
    private let state: Mutex<State>

    /// Unless `isRetained`, the file closes when whoever asked for it lets go.
    init(path: String, fileSystem: any FileSystem, isRetained: Bool) {
        self.fileSystem = fileSystem
        state = Mutex(State(path: path, file: nil, isRetained: isRetained))
    }

    var path: String { state.withLock { $0.path } }

    /// The open file, opened with `access` where it is not.
    func open(_ access: FileAccess = .readWrite) throws(FileSystemError) -> any File {
        try state.withLock { (state) throws(FileSystemError) in
            if let file = state.file { return file }
            let file = try fileSystem.open(state.path, access)
            if state.isRetained { state.file = file }
            return file
        }
    }

    /// From now on the file stays open after its first use, or closes after each.
    func retain(_ isRetained: Bool) {
        state.withLock { state in
            state.isRetained = isRetained
            if !isRetained { state.file = nil }
        }
    }

    /// Lets go of the descriptor until the next use.
    func release() {
        state.withLock { $0.file = nil }
    }

    /// Gives the file another name; where there is no file, it is opened under that name from now on.
    func rename(to path: String) throws(FileSystemError) {
        try state.withLock { (state) throws(FileSystemError) in
            if try fileSystem.status(of: state.path) != nil { try fileSystem.rename(state.path, to: path) }
            state.path = path
        }
    }
}
