import Records

/// What Kafka Streams writes beside a committed offset: the partition's time, so that stream time survives a restart.
///
/// | bytes | what |
/// |---|---|
/// | 1 | version, 2 |
/// | 8 | the highest timestamp read from the partition, big-endian |
/// | rest | processor metadata: a count, then for each its key's length, key and an int64; absent when empty |
///
/// as base64. Version 1, which had no processor metadata, is read too. See KIP-360 and KIP-943.
public struct CommittedMetadata: Hashable, Sendable {
    /// The highest timestamp read from the partition.
    public var partitionTime: Timestamp
    /// Times that processors keep across restarts, by key.
    public var processorMetadata: [String: Int64]

    /// What goes beside an offset.
    public init(partitionTime: Timestamp, processorMetadata: [String: Int64] = [:]) {
        self.partitionTime = partitionTime
        self.processorMetadata = processorMetadata
    }

    /// The text for the commit.
    public func encoded() -> String {
        var buffer = RawBuffer(capacity: 16)
        buffer.append(uint8: 2)
        buffer.append(int64: partitionTime.rawValue)
        if !processorMetadata.isEmpty {
            buffer.append(int32: Int32(clamping: processorMetadata.count))
            for (key, value) in processorMetadata.sorted(by: { $0.key < $1.key }) {
                buffer.append(int32: Int32(clamping: key.utf8.count))
                buffer.append(utf8: key)
                buffer.append(int64: value)
            }
        }
        return buffer.withUnsafeBytes { Base64.encode($0) }
    }

    /// Reads the text of a commit. Text that is not of this form counts as no time, as in Kafka Streams.
    public init(decoding text: String) {
        self.init(partitionTime: .none)
        guard let bytes = Base64.decode(text), let version = bytes.first, version == 1 || version == 2 else { return }
        var rest = bytes.dropFirst()
        guard let time = CommittedMetadata.integer(&rest, Int64.self) else { return }
        partitionTime = Timestamp(time)
        guard version == 2, let count = CommittedMetadata.integer(&rest, Int32.self), count > 0 else { return }
        for _ in 0..<count {
            guard let length = CommittedMetadata.integer(&rest, Int32.self), length >= 0, length <= rest.count else {
                processorMetadata = [:]
                return
            }
            let key = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
            guard let value = CommittedMetadata.integer(&rest, Int64.self) else { return }
            processorMetadata[key] = value
        }
    }

    private static func integer<T: FixedWidthInteger>(_ bytes: inout ArraySlice<UInt8>, _ type: T.Type) -> T? {
        guard bytes.count >= MemoryLayout<T>.size else { return nil }
        defer { bytes = bytes.dropFirst(MemoryLayout<T>.size) }
        return bytes.prefix(MemoryLayout<T>.size).reduce(0) { $0 << 8 | T($1) }
    }
}

/// Base64 of RFC 4648 with padding, as Java's `Base64.getEncoder()` writes it.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = [UInt8]()
        var start = 0
        while start < bytes.count {
            let group = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
            let bits = group[0] << 16 | group[1] << 8 | group[2]
            let used = min(bytes.count - start, 3)
            for place in 0..<4 {
                text.append(place <= used ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            start += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for text that is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 4) else { return nil }
        var bytes = [UInt8]()
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            if character == UInt8(ascii: "=") { continue }
            guard let six = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(six)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
