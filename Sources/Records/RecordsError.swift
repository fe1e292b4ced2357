/// Why bytes are not the record batch that they claim to be, or why a batch cannot be built.
public struct RecordsError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Kind: String, Hashable, Sendable {
        /// Fewer bytes than the batch's header or its length calls for.
        case truncatedBatch
        /// A batch length that is negative, less than the header, or more than 2 GiB.
        case invalidBatchLength
        /// A magic other than 2.
        case unsupportedMagic
        /// The checksum in the header is not that of the bytes.
        case checksumMismatch
        /// Attribute bits that name no codec, or a level that the codec does not have.
        case unknownCompression
        /// A negative record count, or one that the batch's bytes cannot hold.
        case invalidRecordCount
        /// A record whose sizes contradict each other or run over its end.
        case invalidRecord
        /// Bytes that follow the last record.
        case trailingBytes
        /// Compressed data that its codec refuses.
        case decompressionFailed
        /// More decompressed bytes than the caller allows.
        case decompressedTooLarge
        /// A codec that could not compress, for want of memory.
        case compressionFailed
        /// An offset that does not follow the one before, or is too far from the base offset.
        case invalidOffset
        /// A batch with no record, where one is needed.
        case emptyBatch
        /// A control record whose key or value is not what its type calls for.
        case invalidControlRecord
    }

    /// What is wrong.
    public let kind: Kind
    /// Where: the distance in bytes from the start of the batch, or, for a record of a compressed batch, from the start
    /// of the decompressed records.
    public let byteOffset: Int
    /// What is wrong, in words, with the numbers.
    public let detail: String

    @usableFromInline
    init(_ kind: Kind, at byteOffset: Int, _ detail: String) {
        self.kind = kind
        self.byteOffset = byteOffset
        self.detail = detail
    }
}

extension RecordsError: CustomStringConvertible {
    public var description: String { "\(kind.rawValue) at byte \(byteOffset): \(detail)" }
}
