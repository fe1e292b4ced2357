import CSnappy

/// Snappy in the framing of Java's `SnappyOutputStream`, and raw snappy for reading.
///
/// The framing: 8 bytes "\x82SNAPPY\0", version (int32, 1), oldest compatible version (int32, 1), then blocks, each a
/// big-endian int32 length and so many bytes of raw snappy. Frames may follow each other.
enum Snappy {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
    private static let headerSize = 16
    /// The uncompressed bytes of a block, as Java writes them.
    private static let blockSize = 32 * 1024
    /// No element of the format gives more than 64 bytes for 3.
    private static let maxRatio = 22

    static func compress(_ source: UnsafeRawBufferPointer, into output: inout RawBuffer) throws(RecordsError) {
        magic.withUnsafeBytes { output.append($0) }
        output.append(int32: 1)
        output.append(int32: 1)
        var position = 0
        while position < source.count {
            let block = UnsafeRawBufferPointer(rebasing: source[position..<min(position + blockSize, source.count)])
            let lengthPosition = output.count
            output.append(int32: 0)
            try output.append(capacity: snappy_max_compressed_length(block.count)) {
                (memory) throws(RecordsError) -> Int in
                var size = memory.count
                let status = snappy_compress(characters(block), block.count, characters(memory), &size)
                guard status == SNAPPY_OK else {
                    throw RecordsError(.compressionFailed, at: 0, "snappy status \(status.rawValue)")
                }
                return size
            }
            output.write(int32: Int32(output.count - lengthPosition - 4), at: lengthPosition)
            position += block.count
        }
    }

    static func decompress(
        _ source: UnsafeRawBufferPointer,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        guard startsFrame(source, at: 0) else { return try decompressBlock(source, at: 0, into: &output) }
        var position = 0
        while position < source.count {
            if startsFrame(source, at: position) {
                position += headerSize
                continue
            }
            guard let base = source.baseAddress, source.count - position >= 4 else {
                throw Compression.snappy.refusal("a block's length is cut off", at: position)
            }
            let size = Int(base.loadBigEndian(at: position, as: Int32.self))
            position += 4
            guard size >= 0, size <= source.count - position else {
                throw Compression.snappy.refusal("a block of \(size) bytes runs over the end", at: position)
            }
            let block = UnsafeRawBufferPointer(rebasing: source[position..<position + size])
            try decompressBlock(block, at: position, into: &output)
            position += size
        }
    }

    private static func decompressBlock(
        _ block: UnsafeRawBufferPointer,
        at position: Int,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        var promised = 0
        guard snappy_uncompressed_length(characters(block), block.count, &promised) == SNAPPY_OK,
            promised <= block.count * maxRatio
        else { throw Compression.snappy.refusal("a block's size is not possible", at: position) }
        if promised == 0, block.count == 1 { return }
        try output.append(exactly: promised) { (memory) throws(RecordsError) in
            var size = memory.count
            let status = snappy_uncompress(characters(block), block.count, characters(memory), &size)
            guard status == SNAPPY_OK, size == promised else {
                throw Compression.snappy.refusal("a block is corrupt", at: position)
            }
        }
    }

    private static func startsFrame(_ source: UnsafeRawBufferPointer, at position: Int) -> Bool {
        source.count - position >= headerSize && source[position..<position + magic.count].elementsEqual(magic)
    }

    private static func characters(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
        bytes.bindMemory(to: CChar.self).baseAddress
    }

    private static func characters(_ bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<CChar>? {
        bytes.bindMemory(to: CChar.self).baseAddress
    }
}
