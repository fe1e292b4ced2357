/// Arrays and structs. A field path is built here, and only while an error travels up.
extension WireReader {
    /// An array. `minimumSize`: the fewest bytes that an element takes.
    mutating func array<T: WireElement>(_ field: String, minimumSize: Int) throws(WireError) -> [T] {
        let count = try count(field, minimumSize: minimumSize)
        guard count >= 0 else { throw error(.unexpectedNull, field) }
        return try elements(field, count: count)
    }

    /// An array or null; `allowed` tells whether this version may have null here.
    mutating func nullableArray<T: WireElement>(
        _ field: String,
        minimumSize: Int,
        when allowed: Bool = true
    ) throws(WireError) -> [T]? {
        let count = try count(field, minimumSize: minimumSize)
        if count >= 0 { return try elements(field, count: count) }
        guard allowed else { throw error(.unexpectedNull, field) }
        return nil
    }

    /// A struct that is always there.
    mutating func structure<T: WireElement>(_ field: String) throws(WireError) -> T {
        do throws(WireError) {
            return try T(from: &self)
        } catch {
            throw error.within(field)
        }
    }

    /// A struct or null; `allowed` tells whether this version may have null here.
    mutating func nullableStructure<T: WireElement>(_ field: String) throws(WireError) -> T? {
        guard try int8(field) >= 0 else { return nil }
        return try structure(field)
    }

    /// A count that the bytes left can hold; -1 for null.
    private mutating func count(_ field: String, minimumSize: Int) throws(WireError) -> Int {
        let start = position
        let count = flexible ? Int(try unsignedVarint(field)) - 1 : Int(try int32(field))
        // Not a multiplication: it could overflow.
        if count >= -1, count <= remaining / minimumSize { return count }
        let kind: WireError.Kind =
            count < 0 ? .negativeLength(count) : .impossibleCount(count, remaining: remaining)
        position = start
        throw error(kind, field)
    }

    private mutating func elements<T: WireElement>(_ field: String, count: Int) throws(WireError) -> [T] {
        var elements: [T] = []
        // An element in memory can be much larger than on the wire: reserve no more bytes than are left to read, at first.
        elements.reserveCapacity(min(count, max(remaining / MemoryLayout<T>.stride, 4)))
        for index in 0..<count {
            do throws(WireError) {
                elements.append(try T(from: &self))
            } catch {
                throw error.within(field, index: index)
            }
        }
        return elements
    }
}
