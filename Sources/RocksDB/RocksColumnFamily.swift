/// A key space of its own within a database. Only the database that gave it out takes it.
public final class RocksColumnFamily: @unchecked Sendable {
    // Unchecked: the handle changes once, when the database is closed, which must not run beside another call.

    public let name: String
    /// Nil once the database is closed. Batches pass over changes to such a family: no database takes them any more.
    private(set) var handle: OpaquePointer?

    init(handle: OpaquePointer, name: String) {
        self.handle = handle
        self.name = name
    }

    func takeHandle() -> OpaquePointer? {
        defer { handle = nil }
        return handle
    }

    /// The one that every database has.
    public static let defaultName = "default"
}
