import Records

/// The tagged fields at the end of a struct: a count, then number, size and content of each, by ascending number.
extension WireWriter {
    /// How far the tagged fields of one struct have been written.
    struct TagSection {
        /// Where the count stands, one byte until ``endTags(_:)`` knows better.
        let countPosition: Int
        let unknown: [TaggedField]
        var unknownWritten = 0
        var count = 0
        var contentStart = 0
    }

    /// Begins with the tagged fields of a struct. An inflexible version has no place for `unknown` ones.
    @inline(never)
    mutating func beginTags(_ unknown: [TaggedField]) throws(WireError) -> TagSection {
        let section = TagSection(countPosition: buffer.count, unknown: unknown)
        if flexible {
            buffer.append(uint8: 0)
        } else if !unknown.isEmpty {
            throw absent("taggedFields")
        }
        return section
    }

    /// Begins a tagged field, after the unknown ones with smaller numbers.
    @inline(never)
    mutating func beginTag(_ tag: UInt32, _ section: inout TagSection) throws(WireError) {
        while section.unknownWritten < section.unknown.count, section.unknown[section.unknownWritten].tag < tag {
            try writeUnknown(&section)
        }
        section.count += 1
        buffer.append(unsignedVarint: tag)
        section.contentStart = buffer.count
    }

    /// Ends a tagged field: puts its size before its content.
    @inline(never)
    mutating func endTag(_ section: TagSection) throws(WireError) {
        let size = buffer.count - section.contentStart
        guard size <= Int(Int32.max) else { throw error(.tooLong(size), "taggedFields") }
        insert(unsignedVarint: UInt32(size), at: section.contentStart)
    }

    /// Ends the tagged fields of a struct.
    @inline(never)
    mutating func endTags(_ section: consuming TagSection) throws(WireError) {
        guard flexible else { return }
        while section.unknownWritten < section.unknown.count { try writeUnknown(&section) }
        if section.count == 0 { return }
        let (count, position) = (section.count, section.countPosition)
        if count < 0x80 {
            buffer.write(bigEndian: UInt8(count), at: position)
        } else {
            // The rightmost byte of the count takes the reserved place.
            insert(unsignedVarint: UInt32(count), at: position, replacing: 1)
        }
    }

    /// The tagged fields of a struct whose schema has none.
    @inline(never)
    mutating func unknownTaggedFields(_ fields: [TaggedField]) throws(WireError) {
        if fields.isEmpty {
            if flexible { buffer.append(uint8: 0) }
            return
        }
        try endTags(try beginTags(fields))
    }

    private mutating func writeUnknown(_ section: inout TagSection) throws(WireError) {
        let field = section.unknown[section.unknownWritten]
        guard field.value.count <= Int(Int32.max) else { throw error(.tooLong(field.value.count), "taggedFields") }
        section.unknownWritten += 1
        section.count += 1
        buffer.append(unsignedVarint: field.tag)
        buffer.append(unsignedVarint: UInt32(field.value.count))
        buffer.append(field.value)
    }

    private mutating func insert(unsignedVarint value: UInt32, at position: Int, replacing replaced: Int = 0) {
        let size = Varint.size(unsigned: value)
        let tail = buffer.count - position - replaced
        buffer.append(zeroes: size - replaced)
        buffer.withUnsafeMutableBytes { memory in
            guard let base = memory.baseAddress else { return }
            (base + position + size).copyMemory(from: base + position + replaced, byteCount: tail)
            var cursor = base + position
            Varint.write(unsigned: value, &cursor)
        }
    }
}
