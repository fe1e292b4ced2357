/// Integers in network byte order at any address.
extension UnsafeRawPointer {
    /// The big-endian integer that starts `offset` bytes from here.
    @inlinable @inline(__always)
    public func loadBigEndian<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int = 0, as type: T.Type = T.self) -> T
    {
        T(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawPointer {
    /// Writes `value` big-endian `offset` bytes from here.
    @inlinable @inline(__always)
    public func storeBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int = 0) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
    }
}
