import CChecksum

/// The CRC-32C (Castagnoli) of `bytes`, as record batches carry it; with the processor's own instruction where it has
/// one.
public func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    crc32c(bytes, extending: 0)
}

/// The CRC-32C of the bytes whose CRC is `crc`, followed by `bytes`.
public func crc32c(_ bytes: UnsafeRawBufferPointer, extending crc: UInt32) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return millrace_crc32c(crc, base, bytes.count)
}
