import CZstd

/// RFC 8878, through libzstd.
enum Zstd {
    private static let compressors = ContextPool(make: { ZSTD_createCCtx() }, free: { ZSTD_freeCCtx($0) })
    private static let decompressors = ContextPool(make: { ZSTD_createDCtx() }, free: { ZSTD_freeDCtx($0) })
    /// A context that has grown beyond this (by a high level) is not kept.
    private static let maxKeptContextBytes = 16 << 20

    static func compress(
        _ source: UnsafeRawBufferPointer,
        level: Int,
        into output: inout RawBuffer
    ) throws(RecordsError) {
        guard let context = compressors.take() else {
            throw RecordsError(.compressionFailed, at: 0, "zstd has no memory")
        }
        do throws(RecordsError) {
            try output.append(capacity: ZSTD_compressBound(source.count)) { (memory) throws(RecordsError) -> Int in
                let result = ZSTD_compressCCtx(
                    context,
                    memory.baseAddress,
                    memory.count,
                    source.baseAddress,
                    source.count,
                    Int32(level)
                )
                guard ZSTD_isError(result) == 0 else {
                    throw RecordsError(.compressionFailed, at: 0, "zstd: \(name(result))")
                }
                return result
            }
        } catch {
            compressors.discard(context)
            throw error
        }
        if ZSTD_sizeof_CCtx(context) > maxKeptContextBytes {
            compressors.discard(context)
        } else {
            compressors.giveBack(context)
        }
    }

    /// Decompresses in one go, and once more with more room where the output did not fit.
    ///
    /// zstd's streaming reader would allocate the window that the frame declares, up to 128 MiB whatever the frame
    /// holds; in one go the output itself is the window. The room grows fourfold, so the repetition costs a third.
    static func decompress(
        _ source: UnsafeRawBufferPointer,
        into output: inout DecompressedOutput
    ) throws(RecordsError) {
        guard source.count > 0 else { throw Compression.zstd.refusal("there is no frame") }
        guard let context = decompressors.take() else { throw Compression.zstd.refusal("no memory") }
        // Every call begins anew, whatever state an error has left.
        defer { decompressors.giveBack(context) }
        var fits = false
        while !fits {
            try output.step { (memory) throws(RecordsError) -> Int in
                let result = ZSTD_decompressDCtx(
                    context,
                    memory.baseAddress,
                    memory.count,
                    source.baseAddress,
                    source.count
                )
                if ZSTD_isError(result) == 0 {
                    fits = true
                    return result
                }
                guard ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall else {
                    throw Compression.zstd.refusal(name(result))
                }
                return 0
            }
            if !fits { try output.widen() }
        }
    }

    private static func name(_ result: Int) -> String {
        ZSTD_getErrorName(result).map { String(cString: $0) } ?? "error \(result)"
    }
}
