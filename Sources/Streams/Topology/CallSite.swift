/// Where in the user's code an operator was added: what an error of `build()` points at.
public struct CallSite: Hashable, Sendable, CustomStringConvertible {
    /// The file as `#fileID` gives it: module and file name.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// A place in the code.
    @inlinable
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }
}
