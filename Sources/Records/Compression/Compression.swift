/// A batch's codec, numbered as in the attribute bits.
public enum Compression: Int8, Sendable, Hashable, CaseIterable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    /// Kafka's name, as `compression.type` has it.
    public var name: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }

    /// The codec of Kafka's `name`; nil for any other text.
    public init?(name: String) {
        guard let codec = Compression.allCases.first(where: { $0.name == name }) else { return nil }
        self = codec
    }

    /// The levels that the codec has, beside its default; nil where it has none. See KIP-390.
    public var levels: ClosedRange<Int>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131_072...22
        }
    }

    /// The level in use where none is given: gzip -1 (zlib's own choice), lz4 9 (the fast compressor), zstd 3.
    public var defaultLevel: Int? {
        switch self {
        case .none, .snappy: nil
        case .gzip: -1
        case .lz4: 9
        case .zstd: 3
        }
    }

    /// Whether `level` is one of the codec's, or its default.
    public func accepts(level: Int) -> Bool { level == defaultLevel || levels?.contains(level) == true }

    /// Appends `source`, compressed, to `output`; `level` nil stands for the default.
    ///
    /// Errors: `unknownCompression` for a level that the codec does not have, `compressionFailed`.
    public func compress(
        _ source: UnsafeRawBufferPointer,
        level: Int? = nil,
        into output: inout RawBuffer
    ) throws(RecordsError) {
        if let level, !accepts(level: level) {
            throw RecordsError(.unknownCompression, at: 0, "\(name) has no level \(level)")
        }
        let level = level ?? defaultLevel ?? 0
        switch self {
        case .none: output.append(source)
        case .gzip: try Gzip.compress(source, level: level, into: &output)
        case .snappy: try Snappy.compress(source, into: &output)
        case .lz4: try LZ4.compress(source, level: level, into: &output)
        case .zstd: try Zstd.compress(source, level: level, into: &output)
        }
    }

    /// What `source` decompresses to. The memory grows as bytes come out, not as `source` promises them.
    ///
    /// Errors: `decompressionFailed`, and `decompressedTooLarge` when there are more than `maxDecompressedBytes`.
    public func decompress(_ source: Bytes, maxDecompressedBytes: Int) throws(RecordsError) -> Bytes {
        if self == .none { return source }
        return try source.withUnsafeBytes { (raw) throws(RecordsError) -> Bytes in
            var output = DecompressedOutput(limit: maxDecompressedBytes, source: raw.count)
            switch self {
            case .none: break
            case .gzip: try Gzip.decompress(raw, into: &output)
            case .snappy: try Snappy.decompress(raw, into: &output)
            case .lz4: try LZ4.decompress(raw, into: &output)
            case .zstd: try Zstd.decompress(raw, into: &output)
            }
            return output.buffer.bytes()
        }
    }

    /// The error of data that this codec refuses.
    func refusal(_ detail: String, at position: Int = 0) -> RecordsError {
        RecordsError(.decompressionFailed, at: RecordBatch.headerSize + position, "\(name): \(detail)")
    }
}
