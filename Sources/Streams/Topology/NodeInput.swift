import Records

/// What an operator does with a record: key and value are nil where Kafka's are null.
///
/// A chain of operators is a chain of such closures, each of which captures the next one. See PERFORMANCE.md, "Chains of
/// operators", for why it is neither a class hierarchy nor a protocol.
@usableFromInline
typealias Forward<Key, Value> = (Key?, Value?, Timestamp) throws -> Void

/// A node's typed input: builds, for one task, the closure that takes the node's records.
///
/// A topology keeps these without their types; a task puts them together from sink to source, and only there, once a
/// task and edge, the type is looked at.
@usableFromInline
final class NodeInput<Key, Value>: Sendable {
    @usableFromInline let make: @Sendable (TaskAssembly) throws -> Forward<Key, Value>

    @inlinable
    init(_ make: @escaping @Sendable (TaskAssembly) throws -> Forward<Key, Value>) {
        self.make = make
    }
}

/// The types of the records that travel along an edge, comparable and readable.
@usableFromInline
struct RecordTypes: Hashable, Sendable {
    private let identifier: ObjectIdentifier
    let description: String

    @usableFromInline
    init<Key, Value>(_ key: Key.Type, _ value: Value.Type) {
        identifier = ObjectIdentifier(NodeInput<Key, Value>.self)
        description = "(\(key), \(value))"
    }

    @usableFromInline
    static func == (a: RecordTypes, b: RecordTypes) -> Bool { a.identifier == b.identifier }

    @usableFromInline
    func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}
