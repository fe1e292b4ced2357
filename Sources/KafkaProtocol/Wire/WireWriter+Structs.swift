/// Arrays and structs. A field path is built here, and only while an error travels up.
extension WireWriter {
    /// An array.
    @inline(never)
    mutating func array<T: WireElement>(_ field: String, _ values: [T]) throws(WireError) {
        try length(field, values.count)
        for index in values.indices {
            do throws(WireError) {
                try values[index].encode(to: &self)
            } catch {
                throw error.within(field, index: index)
            }
        }
    }

    /// An array or null; `allowed` tells whether this version may have null here.
    @inline(never)
    mutating func nullableArray<T: WireElement>(
        _ field: String,
        _ values: [T]?,
        when allowed: Bool = true
    ) throws(WireError) {
        if let values { return try array(field, values) }
        try null(field, allowed)
    }

    /// A struct that is always there.
    @inline(never)
    mutating func structure<T: WireElement>(_ field: String, _ value: T) throws(WireError) {
        do throws(WireError) {
            try value.encode(to: &self)
        } catch {
            throw error.within(field)
        }
    }

    /// A struct or null.
    @inline(never)
    mutating func nullableStructure<T: WireElement>(_ field: String, _ value: T?) throws(WireError) {
        guard let value else { return int8(-1) }
        int8(1)
        try structure(field, value)
    }
}
