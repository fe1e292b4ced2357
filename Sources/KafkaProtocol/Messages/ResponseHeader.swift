import Records

/// What precedes the body of every response: the correlation id, and tagged fields in version 1.
///
/// The header is of version 1 where the body is flexible, except for ApiVersions: a client that does not know yet what
/// the broker speaks must be able to read it, so there it is always of version 0.
public struct ResponseHeader: Hashable, Sendable {
    /// The correlation id of the request.
    public var correlationID: Int32
    /// Tagged fields that this release does not know.
    public var unknownTaggedFields: [TaggedField] = []

    /// A header with this correlation id.
    public init(correlationID: Int32) { self.correlationID = correlationID }

    /// The version of the header of such a response.
    public static func version(for apiKey: APIKey, _ apiVersion: Int16) -> Int16 {
        apiKey.isFlexible(apiVersion) && apiKey != .apiVersions ? 1 : 0
    }

    /// Splits a frame into header and body.
    public static func decode(
        _ frame: Bytes,
        for apiKey: APIKey,
        _ apiVersion: Int16
    ) throws(WireError) -> (header: ResponseHeader, body: Bytes) {
        try decode(frame, headerVersion: version(for: apiKey, apiVersion))
    }

    static func decode(
        _ frame: Bytes,
        headerVersion: Int16
    ) throws(WireError) -> (header: ResponseHeader, body: Bytes) {
        var reader = WireReader(frame, version: headerVersion, flexible: headerVersion >= 1)
        var header = ResponseHeader(correlationID: try reader.int32("correlationId"))
        header.unknownTaggedFields = try reader.unknownTaggedFields()
        return (header, reader.rest)
    }

    /// Writes the header of a response of the writer's version; the body follows in the same writer.
    public func encode(for apiKey: APIKey, to writer: inout WireWriter) throws(WireError) {
        try encode(to: &writer, headerVersion: ResponseHeader.version(for: apiKey, writer.version))
    }

    func encode(to writer: inout WireWriter, headerVersion: Int16) throws(WireError) {
        writer.int32(correlationID)
        if headerVersion >= 1 { try writer.unknownTaggedFields(unknownTaggedFields) }
    }
}

extension KafkaResponse {
    /// Header and body, without the length that precedes a frame on a connection.
    public func frame(version: Int16, correlationID: Int32) throws(WireError) -> [BytesPart] {
        try Self.checkVersion(version)
        var writer = WireWriter(version: version, flexible: Self.isFlexible(version))
        try ResponseHeader(correlationID: correlationID).encode(for: Self.apiKey, to: &writer)
        try encode(to: &writer)
        return writer.finish()
    }
}
