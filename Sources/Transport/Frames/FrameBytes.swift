import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of a frame made of parts, in one piece.
enum FrameBytes {
    static func count(of parts: [BytesPart]) -> Int {
        var total = 0
        for part in parts { total += part.count }
        return total
    }

    /// A frame of one `.bytes` part is handed on by reference; every other is gathered into memory of its own.
    /// Errors: those of reading a region.
    static func joined(_ parts: [BytesPart]) throws -> Bytes {
        if parts.count == 1, case .bytes(let bytes) = parts[0] { return bytes }
        return try Bytes(capacity: count(of: parts)) { memory in
            var filled = 0
            for part in parts {
                let slot = UnsafeMutableRawBufferPointer(rebasing: memory[filled..<filled + part.count])
                try copy(part, to: slot)
                filled += part.count
            }
            return filled
        }
    }

    /// Writes exactly the part's count into `target`, which has that size.
    static func copy(_ part: BytesPart, to target: UnsafeMutableRawBufferPointer) throws {
        switch part {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        case .region(let region):
            if let (descriptor, position) = region.descriptor {
                try read(descriptor, at: position, into: target)
                withExtendedLifetime(region) {}
            } else {
                let bytes = try region.load()
                guard bytes.count == target.count else {
                    throw RegionReadError(expected: target.count, read: bytes.count, code: 0)
                }
                bytes.withUnsafeBytes { target.copyMemory(from: $0) }
            }
        }
    }

    private static func read(_ descriptor: Int32, at position: Int64, into target: UnsafeMutableRawBufferPointer) throws
    {
        var filled = 0
        while filled < target.count {
            let count = pread(
                descriptor,
                target.baseAddress.map { $0 + filled },
                target.count - filled,
                off_t(position) + off_t(filled)
            )
            if count > 0 {
                filled += count
            } else if count == 0 || errno != EINTR {
                throw RegionReadError(expected: target.count, read: filled, code: count == 0 ? 0 : errno)
            }
        }
    }
}

/// A file region could not be read in full.
struct RegionReadError: Error, Hashable, CustomStringConvertible {
    let expected: Int
    let read: Int
    /// errno; 0 when the file ended early.
    let code: Int32

    var description: String {
        let cause = code == 0 ? "the file ended" : String(cString: strerror(code))
        return "read \(read) of \(expected) bytes of a file region: \(cause)"
    }
}
