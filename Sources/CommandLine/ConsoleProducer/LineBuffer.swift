#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cuts blocks of bytes into lines, which end in a line feed, a carriage return, or both.
///
/// Lines are handed out in place. The start of a line that goes on in the next block is kept, and moved to the front.
struct LineBuffer {
    /// What one call of ``read(from:)`` asks for.
    private static let blockBytes = 65_536

    private var bytes = [UInt8](repeating: 0, count: LineBuffer.blockBytes)
    private var start = 0
    private var end = 0

    /// Reads a block from the descriptor, blocking until there is one: how many bytes, 0 at the end, or an errno.
    mutating func read(from descriptor: Int32) throws(ReadError) -> Int {
        makeRoom(LineBuffer.blockBytes)
        while true {
            let place = end
            let count = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { readBlock(descriptor, $0 + place, buffer.count - place) } ?? 0
            }
            if count >= 0 {
                end += count
                return count
            }
            guard errno == EINTR else { throw ReadError(code: errno) }
        }
    }

    /// Appends a block.
    mutating func append(_ block: some Collection<UInt8>) {
        makeRoom(block.count)
        for byte in block {
            bytes[end] = byte
            end += 1
        }
    }

    /// Hands out every line that is complete; at the end of the input also the last, which nothing ends.
    mutating func takeLines<E: Error>(isLast: Bool, _ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        let held = bytes
        var next = start
        let limit = end
        defer { start = next }
        try held.withUnsafeBufferPointer { memory throws(E) in
            let buffer = UnsafeRawBufferPointer(memory)
            while next < limit {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[next..<limit])
                if let feed = rest.place(of: UInt8(ascii: "\n")) {
                    next += feed + 1
                    try LineBuffer.split(UnsafeRawBufferPointer(rebasing: rest[..<feed]), endsInFeed: true, body)
                } else {
                    guard isLast else { return }
                    next = limit
                    try LineBuffer.split(rest, endsInFeed: false, body)
                }
            }
        }
    }

    /// Splits what stands before a line feed, or before the end, at carriage returns.
    private static func split<E: Error>(
        _ text: UnsafeRawBufferPointer,
        endsInFeed: Bool,
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        guard var stop = text.place(of: UInt8(ascii: "\r")) else {
            if endsInFeed || !text.isEmpty { try body(text) }
            return
        }
        var rest = text
        while true {
            try body(UnsafeRawBufferPointer(rebasing: rest[..<stop]))
            rest = UnsafeRawBufferPointer(rebasing: rest[(stop + 1)...])
            guard let next = rest.place(of: UInt8(ascii: "\r")) else { break }
            stop = next
        }
        if !rest.isEmpty { try body(rest) }
    }

    private mutating func makeRoom(_ count: Int) {
        if start > 0 {
            bytes.withUnsafeMutableBytes { buffer in
                if let base = buffer.baseAddress { base.copyMemory(from: base + start, byteCount: end - start) }
            }
            end -= start
            start = 0
        }
        if bytes.count - end < count {
            bytes.append(contentsOf: repeatElement(0, count: max(count, bytes.count)))
        }
    }
}

/// Standard input cannot be read.
struct ReadError: Error, Hashable, CustomStringConvertible {
    let code: Int32

    var description: String { "standard input cannot be read: \(String(cString: strerror(code)))" }
}

private func readBlock(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, target, count)
}

extension UnsafeRawBufferPointer {
    /// Where `byte` first stands.
    fileprivate func place(of byte: UInt8) -> Int? {
        guard let base = baseAddress, let found = memchr(base, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
