import Records

@testable import Transport

/// A stream arrives in pieces of any size: the first byte says of which. Whatever comes, the frames are the same as if it had
/// come at once, and no more memory is held than has arrived, but for the first piece of a frame.
enum FrameFuzz {
    private static let limit = 1 << 20

    static func run(_ input: Bytes) throws(BrokenPromise) {
        var cursor = InputCursor(input)
        let step = Int(cursor.byte()) + 1
        let stream = cursor.rest()
        let whole = try frames(stream, step: max(1, stream.count))
        let pieces = try frames(stream, step: step)
        try BrokenPromise.check(whole.failed == pieces.failed, "an error depends on how the bytes arrive")
        try BrokenPromise.check(whole.frames == pieces.frames, "frames depend on how the bytes arrive")
    }

    private static func frames(
        _ stream: Bytes,
        step: Int
    ) throws(BrokenPromise) -> (frames: [Bytes], failed: Bool) {
        var assembler = FrameAssembler(maxFrameBytes: limit)
        var frames: [Bytes] = []
        var start = 0
        while start < stream.count {
            // Memory of its own, so that the sanitizer sees a read beyond its end.
            let piece = Bytes(Array(stream[start..<min(start + step, stream.count)]))
            start += piece.count
            do { try take(piece, &assembler, &frames) } catch { return (frames, true) }
            try BrokenPromise.check(
                assembler.heldBytes <= max(FrameAssembler.initialCapacity, 2 * start),
                "\(assembler.heldBytes) bytes are held after \(start) have arrived"
            )
        }
        return (frames, false)
    }

    private static func take(_ piece: Bytes, _ assembler: inout FrameAssembler, _ frames: inout [Bytes]) throws {
        try piece.withUnsafeBytes { bytes in
            var consumed = 0
            while consumed < bytes.count {
                if let frame = try assembler.next(bytes, consumed: &consumed) { frames.append(frame) }
            }
        }
    }
}
