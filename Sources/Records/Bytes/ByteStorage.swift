/// The memory behind ``Bytes``: allocated once, freed with its last slice.
///
/// Invariant: once a `Bytes` over it has been handed out, the memory is never written again, except by the one owner
/// that the commit log's in-place offset assignment documents.
@usableFromInline
final class ByteStorage: @unchecked Sendable {
    @usableFromInline let start: UnsafeMutableRawPointer
    @usableFromInline let capacity: Int
    private let release: (@Sendable (UnsafeMutableRawPointer) -> Void)?

    @usableFromInline
    init(capacity: Int) {
        self.start = .allocate(byteCount: max(capacity, 1), alignment: 16)
        self.capacity = capacity
        self.release = nil
    }

    /// Takes over memory that somebody else allocated, for example a mapping; `release` gives it back.
    init(start: UnsafeMutableRawPointer, capacity: Int, release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void)
    {
        self.start = start
        self.capacity = capacity
        self.release = release
    }

    deinit {
        if let release { release(start) } else { start.deallocate() }
    }

    @usableFromInline static let empty = ByteStorage(capacity: 0)
}
