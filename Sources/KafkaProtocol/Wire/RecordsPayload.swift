import Records

/// Record batches inside a message, in the pieces that they lie in.
///
/// Decoded: one slice of the frame. Encoded: the pieces go out as they are, in memory or as regions of files, so that a
/// fetch answer is never copied.
public struct RecordsPayload: Sendable {
    /// The pieces, in order.
    public var parts: [BytesPart]

    /// Nothing: zero bytes, which is not the same as null.
    public init() { parts = [] }

    /// One piece in memory.
    public init(_ bytes: Bytes) { parts = [.bytes(bytes)] }

    /// Pieces, in order.
    public init(parts: [BytesPart]) { self.parts = parts }

    /// The bytes of all pieces together.
    public var count: Int {
        var total = 0
        for part in parts { total += part.count }
        return total
    }

    /// Whether there is not a byte in it.
    public var isEmpty: Bool { count == 0 }

    /// The bytes, where they all lie in memory: in place for one piece, joined for several. Nil where a piece is a region.
    public var bytes: Bytes? {
        if parts.count == 1, case .bytes(let bytes) = parts[0] { return bytes }
        var joined = RawBuffer(capacity: count)
        for part in parts {
            guard case .bytes(let bytes) = part else { return nil }
            joined.append(bytes)
        }
        return joined.bytes()
    }

    /// The bytes in one piece; regions are read. Errors: those of the read.
    public func load() throws -> Bytes {
        if let bytes { return bytes }
        var joined = RawBuffer(capacity: count)
        for part in parts {
            switch part {
            case .bytes(let bytes): joined.append(bytes)
            case .region(let region): joined.append(try region.load())
            }
        }
        return joined.bytes()
    }
}

extension RecordsPayload: Equatable {
    /// Whether both hold the same bytes. Regions are equal when they begin at the same place of the same descriptor.
    public static func == (a: RecordsPayload, b: RecordsPayload) -> Bool {
        if let left = a.bytes, let right = b.bytes { return left == right }
        guard a.parts.count == b.parts.count else { return false }
        return zip(a.parts, b.parts).allSatisfy(samePart)
    }

    private static func samePart(_ a: BytesPart, _ b: BytesPart) -> Bool {
        switch (a, b) {
        case (.bytes(let left), .bytes(let right)): left == right
        case (.region(let left), .region(let right)): sameRegion(left, right)
        case (.bytes, .region), (.region, .bytes): false
        }
    }

    private static func sameRegion(_ a: any BytesRegion, _ b: any BytesRegion) -> Bool {
        guard let left = a.descriptor, let right = b.descriptor else { return false }
        return left == right && a.count == b.count
    }
}
