import Records

/// Cuts a stream of bytes into frames: four bytes of length, big endian, then so many bytes.
///
/// Each frame gets an allocation of its own, because the broker assigns offsets to the batches in it in place. Memory is
/// taken as bytes arrive: an announced length alone costs at most ``initialCapacity`` bytes; from there the memory
/// doubles up to the length.
///
/// Invariant: `filled <= capacity <= length` while a body is being read.
struct FrameAssembler: ~Copyable {
    /// What a frame may hold: `socket.request.max.bytes`.
    let maxFrameBytes: Int
    static var initialCapacity: Int { 16 * 1024 }

    private var lengthBytes: UInt32 = 0
    private var lengthCount = 0
    private var body: Body?

    private struct Body {
        var memory: UnsafeMutableRawPointer
        var capacity: Int
        var filled: Int
        let length: Int
    }

    init(maxFrameBytes: Int) {
        self.maxFrameBytes = maxFrameBytes
    }

    deinit {
        body?.memory.deallocate()
    }

    /// Whether a frame has begun and is not complete.
    var isInsideFrame: Bool { lengthCount > 0 || body != nil }

    /// Takes bytes from `input` behind `consumed` up to the end of the next frame; nil when the input ends before.
    /// Errors: an announced length below 0 or over the limit; the stream is of no use after it.
    mutating func next(
        _ input: UnsafeRawBufferPointer,
        consumed: inout Int
    ) throws(FrameLengthError) -> Bytes? {
        if body == nil {
            while lengthCount < 4 {
                guard consumed < input.count else { return nil }
                lengthBytes = lengthBytes << 8 | UInt32(input[consumed])
                consumed += 1
                lengthCount += 1
            }
            let length = Int(Int32(bitPattern: lengthBytes))
            guard length >= 0 && length <= maxFrameBytes else {
                throw FrameLengthError(announced: length, limit: maxFrameBytes)
            }
            let available = input.count - consumed
            if available >= length {
                let frame = Bytes(copying: UnsafeRawBufferPointer(rebasing: input[consumed..<consumed + length]))
                consumed += length
                reset()
                return frame
            }
            let capacity = min(length, max(FrameAssembler.initialCapacity, available))
            body = Body(
                memory: .allocate(byteCount: capacity, alignment: 16),
                capacity: capacity,
                filled: 0,
                length: length
            )
        }
        return fill(input, consumed: &consumed)
    }

    private mutating func fill(_ input: UnsafeRawBufferPointer, consumed: inout Int) -> Bytes? {
        guard var part = body else { return nil }
        let take = min(part.length - part.filled, input.count - consumed)
        if part.filled + take > part.capacity {
            let capacity = min(part.length, max(part.capacity * 2, part.filled + take))
            let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            memory.copyMemory(from: part.memory, byteCount: part.filled)
            part.memory.deallocate()
            part.memory = memory
            part.capacity = capacity
        }
        if take > 0, let source = input.baseAddress {
            (part.memory + part.filled).copyMemory(from: source + consumed, byteCount: take)
            part.filled += take
            consumed += take
        }
        guard part.filled == part.length else {
            body = part
            return nil
        }
        reset()
        let memory = UnsafeMutableRawBufferPointer(start: part.memory, count: part.length)
        return Bytes(adopting: memory) { $0.deallocate() }
    }

    private mutating func reset() {
        body = nil
        lengthBytes = 0
        lengthCount = 0
    }

    /// How many bytes of memory the unfinished frame holds.
    var heldBytes: Int { body?.capacity ?? 0 }
}

/// A frame announced a length that is negative or over the limit.
struct FrameLengthError: Error, Hashable, CustomStringConvertible {
    let announced: Int
    let limit: Int

    var description: String { "a frame of \(announced) bytes was announced, the limit is \(limit) bytes" }
}
