/// A key space of its own within a database. Only the database that gave it out takes it.
public struct RocksColumnFamily: @unchecked Sendable {
    // Unchecked: the handle is immutable, and alive as long as the database is open.
    let handle: OpaquePointer
    public let name: String

    /// The one that every database has.
    public static let defaultName = "default"
}
