import Records

/// A record of `__cluster_metadata`.
///
/// | field | type |
/// |---|---|
/// | frame version | unsigned varint, 1 |
/// | type | unsigned varint, the record's `metadataKey` |
/// | version | unsigned varint |
/// | body | |
///
/// See ``AnyMetadataRecord`` for reading one whose type is not known beforehand.
public protocol MetadataRecord: KafkaMessage {
    /// The number that stands for the record in its frame.
    static var metadataKey: Int16 { get }
}

extension MetadataRecord {
    /// The record at `version`, in its frame.
    public func encodedFrame(version: Int16) throws(WireError) -> Bytes {
        try Self.checkVersion(version)
        var writer = WireWriter(version: version, flexible: Self.isFlexible(version))
        writer.unsignedVarint(UInt32(MetadataFrame.frameVersion))
        writer.unsignedVarint(UInt32(Self.metadataKey))
        writer.unsignedVarint(UInt32(version))
        try encode(to: &writer)
        return try writer.finishBytes()
    }
}

/// What frames a record of `__cluster_metadata`: its type and version.
struct MetadataFrame {
    static let frameVersion: Int16 = 1

    let key: Int16
    let version: Int16
    private let bytes: Bytes
    private let start: Int

    /// Reads the frame's three numbers.
    init(_ bytes: Bytes) throws(WireError) {
        var reader = WireReader(bytes, version: 0, flexible: true)
        let frameVersion = try MetadataFrame.number(&reader, "frameVersion")
        guard frameVersion == MetadataFrame.frameVersion else {
            let supported = MetadataFrame.frameVersion...MetadataFrame.frameVersion
            throw WireError(
                .unsupportedVersion(frameVersion, supported: supported),
                field: "frameVersion",
                byteOffset: 0
            )
        }
        key = try MetadataFrame.number(&reader, "type")
        version = try MetadataFrame.number(&reader, "version")
        self.bytes = bytes
        start = reader.position
    }

    private static func number(_ reader: inout WireReader, _ field: String) throws(WireError) -> Int16 {
        let number = try reader.unsignedVarint(field)
        guard number <= UInt32(Int16.max) else {
            throw WireError(.unknownRecord(Int(number)), field: field, byteOffset: reader.position)
        }
        return Int16(number)
    }

    /// Reads the body.
    func body<T: MetadataRecord>() throws(WireError) -> T {
        try T.checkVersion(version)
        var reader = WireReader(bytes, version: version, flexible: T.isFlexible(version))
        reader.position = start
        let record = try T(from: &reader)
        try reader.expectEnd()
        return record
    }

    var unknown: WireError { WireError(.unknownRecord(Int(key)), field: "type", byteOffset: 1) }
}
