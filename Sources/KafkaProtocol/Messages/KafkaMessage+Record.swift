import Records

/// Messages as keys and values of records: the version in two bytes, then the body.
///
/// So are the records of `__consumer_offsets` and `__transaction_state`, and what consumers put into JoinGroup and
/// SyncGroup ("consumer protocol").
extension KafkaMessage {
    /// The version, then the body.
    public func encodedRecord(version: Int16) throws(WireError) -> Bytes {
        try Self.checkVersion(version)
        var buffer = RawBuffer(capacity: 128)
        buffer.append(int16: version)
        var writer = WireWriter(version: version, flexible: Self.isFlexible(version), buffer: buffer)
        try encode(to: &writer)
        return try writer.finishBytes()
    }

    /// Reads the version, then the body. Errors: `unsupportedVersion`, and all of ``decode(_:version:)``.
    public static func decodeRecord(_ bytes: Bytes) throws(WireError) -> Self {
        let version = try recordVersion(of: bytes)
        try checkVersion(version)
        var reader = WireReader(bytes, version: version, flexible: isFlexible(version))
        reader.position = 2
        let message = try Self(from: &reader)
        try reader.expectEnd()
        return message
    }

    /// Reads the version, then the body; a newer version is read as the latest one known, and what follows is left.
    ///
    /// The consumer protocol grows in this way: an old member reads as much as it knows.
    public static func decodeRecordOfAnyNewerVersion(_ bytes: Bytes) throws(WireError) -> Self {
        let written = try recordVersion(of: bytes)
        let version = min(written, versions.upperBound)
        try checkVersion(version)
        var reader = WireReader(bytes, version: version, flexible: isFlexible(version))
        reader.position = 2
        return try Self(from: &reader)
    }

    /// The version that leads a record's key or value.
    public static func recordVersion(of bytes: Bytes) throws(WireError) -> Int16 {
        var reader = WireReader(bytes, version: 0, flexible: false)
        return try reader.int16("version")
    }
}
