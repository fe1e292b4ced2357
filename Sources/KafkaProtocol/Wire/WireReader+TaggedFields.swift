/// The tagged fields at the end of a struct: a count, then number, size and content of each. See KIP-482.
extension WireReader {
    /// How far the tagged fields of one struct have been read.
    struct TagSection {
        var left: Int
        /// Where reading ended before the current field narrowed it; nil between fields.
        var outerLimit: Int?
    }

    /// Begins with the tagged fields of a struct; there are none in an inflexible version.
    @inline(never)
    mutating func tagSection() throws(WireError) -> TagSection {
        guard flexible else { return TagSection(left: 0) }
        let count = Int(try unsignedVarint("taggedFields"))
        guard count <= remaining / 2 else {
            throw error(.impossibleCount(count, remaining: remaining), "taggedFields")
        }
        return TagSection(left: count)
    }

    /// Moves on to the next tagged field and narrows the reader to it; nil after the last.
    @inline(never)
    mutating func nextTag(_ section: inout TagSection) throws(WireError) -> UInt32? {
        if let outerLimit = section.outerLimit {
            guard position == limit else { throw error(.taggedFieldSize(unread: limit - position), "taggedFields") }
            limit = outerLimit
            section.outerLimit = nil
        }
        guard section.left > 0 else { return nil }
        section.left -= 1
        let tag = try unsignedVarint("taggedFields")
        let size = Int(try unsignedVarint("taggedFields"))
        try require(size, "taggedFields")
        section.outerLimit = limit
        limit = position + size
        return tag
    }

    /// The content of the tagged field that ``nextTag(_:)`` moved to, as it is.
    @inline(never)
    mutating func unknownTaggedField(_ tag: UInt32) -> TaggedField {
        let field = TaggedField(tag: tag, value: rest)
        position = limit
        return field
    }

    /// The tagged fields of a struct whose schema has none.
    @inline(never)
    mutating func unknownTaggedFields() throws(WireError) -> [TaggedField] {
        guard flexible else { return [] }
        var fields: [TaggedField] = []
        var section = try tagSection()
        while let tag = try nextTag(&section) { fields.append(unknownTaggedField(tag)) }
        return fields
    }
}
