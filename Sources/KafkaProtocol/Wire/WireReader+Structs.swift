/// Arrays and structs. A field path is built here, and only while an error travels up.
extension WireReader {
    /// An array. `minimumSize`: the fewest bytes that an element takes.
    @inline(never)
    mutating func array<T: WireElement>(_ field: String, minimumSize: Int) throws(WireError) -> [T] {
        guard let array: [T] = try nullableArray(field, minimumSize: minimumSize, when: false) else {
            throw error(.unexpectedNull, field)
        }
        return array
    }

    /// An array or null; `allowed` tells whether this version may have null here.
    @inline(never)
    mutating func nullableArray<T: WireElement>(
        _ field: String,
        minimumSize: Int,
        when allowed: Bool = true
    ) throws(WireError) -> [T]? {
        guard let count = try count(field, minimumSize: minimumSize, allowed) else { return nil }
        return try elements(field, count: count)
    }

    /// A struct that is always there.
    @inline(never)
    mutating func structure<T: WireElement>(_ field: String) throws(WireError) -> T {
        do throws(WireError) {
            return try T(from: &self)
        } catch {
            throw error.within(field)
        }
    }

    /// A struct or null.
    @inline(never)
    mutating func nullableStructure<T: WireElement>(_ field: String) throws(WireError) -> T? {
        guard try int8(field) >= 0 else { return nil }
        return try structure(field)
    }

    /// A count that the bytes left can hold; nil for null.
    private mutating func count(_ field: String, minimumSize: Int, _ nullAllowed: Bool) throws(WireError) -> Int? {
        let start = position
        let count = flexible ? Int(try unsignedVarint(field)) - 1 : Int(try int32(field))
        // Not a multiplication: it could overflow.
        if count >= 0, count <= remaining / minimumSize { return count }
        if count == -1, nullAllowed { return nil }
        let kind = countError(count)
        position = start
        throw error(kind, field)
    }

    @inline(never)
    private func countError(_ count: Int) -> WireError.Kind {
        if count == -1 { return .unexpectedNull }
        return count < 0 ? .negativeLength(count) : .impossibleCount(count, remaining: remaining)
    }

    /// How many elements to make room for before the first is read.
    ///
    /// An element in memory can be much larger than on the wire, so a count alone justifies no more memory than there are
    /// bytes left to read; the array grows beyond that as elements really arrive.
    static func reservation(_ count: Int, stride: Int, remaining: Int) -> Int {
        min(count, max(remaining / max(stride, 1), 4))
    }

    private mutating func elements<T: WireElement>(_ field: String, count: Int) throws(WireError) -> [T] {
        var elements: [T] = []
        elements.reserveCapacity(WireReader.reservation(count, stride: MemoryLayout<T>.stride, remaining: remaining))
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
