import CLZ4

/// The LZ4 frame format, with independent blocks of 64 KiB, as Java's writer makes it and its reader demands.
enum LZ4 {
    private static let compressors = ContextPool(
        make: {
            var context: OpaquePointer?
            return LZ4F_isError(LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 ? context : nil
        },
        free: { LZ4F_freeCompressionContext($0) }
    )

    private static let decompressors = ContextPool(
        make: {
            var context: OpaquePointer?
            return LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 ? context : nil
        },
        free: { LZ4F_freeDecompressionContext($0) }
    )

    static func compress(
        _ source: UnsafeRawBufferPointer,
        level: Int,
        into output: inout RawBuffer
    ) throws(RecordsError) {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        // Java takes the fast compressor for its default level and the thorough one for all others; liblz4 counts the
        // thorough one's levels from 3 and takes 12 for any above.
        preferences.compressionLevel = level == Compression.lz4.defaultLevel ? 0 : Int32(max(level, 3))

        guard let context = compressors.take() else {
            throw RecordsError(.compressionFailed, at: 0, "lz4 has no memory")
        }
        do throws(RecordsError) {
            try output.append(capacity: LZ4F_compressFrameBound(source.count, &preferences) + 64) {
                (memory) throws(RecordsError) -> Int in
                var written = try checked(
                    LZ4F_compressBegin(context, memory.baseAddress, memory.count, &preferences)
                )
                if source.count > 0 {
                    written += try checked(
                        LZ4F_compressUpdate(
                            context,
                            memory.baseAddress.map { $0 + written },
                            memory.count - written,
                            source.baseAddress,
                            source.count,
                            nil
                        )
                    )
                }
                written += try checked(
                    LZ4F_compressEnd(
                        context,
                        memory.baseAddress.map { $0 + written },
                        memory.count - written,
                        nil
                    )
                )
                return written
            }
        } catch {
            compressors.discard(context)
            throw error
        }
        compressors.giveBack(context)
    }

    private static func checked(_ result: Int) throws(RecordsError) -> Int {
        guard LZ4F_isError(result) == 0 else { throw RecordsError(.compressionFailed, at: 0, "lz4: \(name(result))") }
        return result
    }

    static func decompress(
        _ source: UnsafeRawBufferPointer,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        guard let context = decompressors.take() else { throw Compression.lz4.refusal("no memory") }
        do throws(RecordsError) {
            try decompress(source, with: context, into: &output)
        } catch {
            decompressors.discard(context)
            throw error
        }
        decompressors.giveBack(context)
    }

    private static func decompress(
        _ source: UnsafeRawBufferPointer,
        with context: OpaquePointer,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        var position = 0
        var wanted = 1
        // Java's reader stops at the end of the first frame, and so does this one.
        while wanted != 0 {
            var consumed = source.count - position
            var produced = 0
            try output.step { (memory) throws(RecordsError) -> Int in
                produced = memory.count
                wanted = LZ4F_decompress(
                    context,
                    memory.baseAddress,
                    &produced,
                    source.baseAddress.map { $0 + position },
                    &consumed,
                    nil
                )
                guard LZ4F_isError(wanted) == 0 else { throw Compression.lz4.refusal(name(wanted), at: position) }
                return produced
            }
            position += consumed
            if wanted != 0, consumed == 0, produced == 0 {
                throw Compression.lz4.refusal("it ends too early", at: position)
            }
        }
    }

    private static func name(_ result: Int) -> String {
        LZ4F_getErrorName(result).map { String(cString: $0) } ?? "error \(result)"
    }
}
