/// Integers of variable length; see ``Varint``.
extension RawBuffer {
    /// Appends 32 bits, zig-zagged, in 1 to 5 bytes.
    @inlinable
    public mutating func append(varint value: Int32) { append(unsignedVarlong: UInt64(Varint.zigzag(value))) }

    /// Appends 64 bits, zig-zagged, in 1 to 10 bytes.
    @inlinable
    public mutating func append(varlong value: Int64) { append(unsignedVarlong: Varint.zigzag(value)) }

    /// Appends 32 unsigned bits in 1 to 5 bytes.
    @inlinable
    public mutating func append(unsignedVarint value: UInt32) { append(unsignedVarlong: UInt64(value)) }

    /// Appends 64 unsigned bits in 1 to 10 bytes.
    @inlinable
    public mutating func append(unsignedVarlong value: UInt64) {
        let start = room(Varint.maxSize64)
        var cursor = start
        Varint.write(unsigned: value, &cursor)
        used += cursor - start
    }
}
