/// A node's place in its topology; stable while the topology lives.
@usableFromInline
struct NodeID: Hashable, Comparable, Sendable {
    @usableFromInline let rawValue: Int

    @usableFromInline
    init(_ rawValue: Int) { self.rawValue = rawValue }

    @usableFromInline
    static func < (a: NodeID, b: NodeID) -> Bool { a.rawValue < b.rawValue }
}
