/// Bytes that live elsewhere, usually in a file, and travel without passing through user space where a transport can.
///
/// A fetch answers with regions of segment files: a socket sends them with `sendfile`, the in-process transport loads
/// them.
public protocol BytesRegion: Sendable {
    /// The number of bytes.
    var count: Int { get }
    /// Where a transport may send from without a copy: an open descriptor and the position in it, valid while this
    /// value lives. Nil where there is none, as for a log in memory.
    var descriptor: (fileDescriptor: Int32, position: Int64)? { get }
    /// Reads the region into memory. Errors: those of the read, with the file's path.
    func load() throws -> Bytes
}

/// A piece of an outgoing frame.
public enum BytesPart: Sendable {
    case bytes(Bytes)
    case region(any BytesRegion)

    /// The number of bytes.
    public var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .region(let region): region.count
        }
    }
}
