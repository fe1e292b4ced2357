import CZlib

/// RFC 1952, through zlib.
enum Gzip {
    /// zlib's number for a window of 32 KiB, plus 16 for gzip's header and trailer in place of zlib's.
    private static let windowBits: Int32 = 15 + 16

    static func compress(
        _ source: UnsafeRawBufferPointer,
        level: Int,
        into output: inout RawBuffer
    ) throws(RecordsError) {
        let stream = makeStream()
        defer { stream.deallocate() }
        let status = deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            windowBits,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            streamSize
        )
        guard status == Z_OK else { throw RecordsError(.compressionFailed, at: 0, "zlib status \(status)") }
        defer { deflateEnd(stream) }

        guard let size = UInt32(exactly: source.count) else {
            throw RecordsError(.compressionFailed, at: 0, "\(source.count) bytes are too many for a batch")
        }
        let bound = Int(deflateBound(stream, UInt(source.count)))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = size
        try output.append(capacity: bound) { (memory) throws(RecordsError) -> Int in
            stream.pointee.next_out = memory.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: memory.count)
            let status = deflate(stream, Z_FINISH)
            guard status == Z_STREAM_END else {
                throw RecordsError(.compressionFailed, at: 0, "zlib status \(status)")
            }
            return Int(stream.pointee.total_out)
        }
    }

    static func decompress(
        _ source: UnsafeRawBufferPointer,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        let stream = makeStream()
        defer { stream.deallocate() }
        let status = inflateInit2_(stream, windowBits, ZLIB_VERSION, streamSize)
        guard status == Z_OK else { throw Compression.gzip.refusal("zlib status \(status)") }
        defer { inflateEnd(stream) }

        guard let size = UInt32(exactly: source.count) else { throw Compression.gzip.refusal("it is over 4 GiB") }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = size
        while true {
            var status = Z_OK
            try output.step { (memory) throws(RecordsError) -> Int in
                let room = UInt32(clamping: memory.count)
                stream.pointee.next_out = memory.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = room
                status = inflate(stream, Z_NO_FLUSH)
                return Int(room - stream.pointee.avail_out)
            }
            let position = Int(size - stream.pointee.avail_in)
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                // Java's reader goes on with a member that follows, and ignores anything else.
                guard position + 2 <= source.count, source[position] == 0x1f, source[position + 1] == 0x8b else {
                    return
                }
                inflateReset(stream)
            case Z_BUF_ERROR: throw Compression.gzip.refusal("it ends too early", at: position)
            default: throw Compression.gzip.refusal("zlib status \(status)", at: position)
            }
        }
    }

    /// At an address that stays: zlib's state points back to it, and refuses a stream that has moved.
    private static func makeStream() -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        return stream
    }

    private static var streamSize: Int32 { Int32(MemoryLayout<z_stream>.size) }
}
