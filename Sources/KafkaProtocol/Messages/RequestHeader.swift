import Records

/// What precedes the body of every request.
///
/// | field | type | header version |
/// |---|---|---|
/// | API key | int16 | 0+ |
/// | API version | int16 | 0+ |
/// | correlation id | int32 | 0+ |
/// | client id | string or null, its length always in two bytes | 1+ |
/// | tagged fields | | 2+ |
///
/// The header is of version 2 where the body is flexible, of version 1 otherwise, and of version 0 only for the first
/// version of ControlledShutdown.
public struct RequestHeader: Hashable, Sendable {
    /// The API that is called.
    public var apiKey: APIKey
    /// The version of the body, and of the response's.
    public var apiVersion: Int16
    /// What the response carries in its header.
    public var correlationID: Int32
    /// How the client calls itself.
    public var clientID: String?
    /// Tagged fields that this release does not know.
    public var unknownTaggedFields: [TaggedField] = []

    /// A header of these fields.
    public init(apiKey: APIKey, apiVersion: Int16, correlationID: Int32, clientID: String?) {
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// The version of the header of such a request.
    public static func version(for apiKey: APIKey, _ apiVersion: Int16) -> Int16 {
        if apiKey.isFlexible(apiVersion) { return 2 }
        return apiKey == .controlledShutdown && apiVersion == 0 ? 0 : 1
    }

    /// Splits a frame into header and body. The version of the body is not checked.
    public static func decode(_ frame: Bytes) throws(WireError) -> (header: RequestHeader, body: Bytes) {
        var reader = WireReader(frame, version: 0, flexible: false)
        let apiKey = APIKey(try reader.int16("requestApiKey"))
        let apiVersion = try reader.int16("requestApiVersion")
        return try decode(frame, headerVersion: version(for: apiKey, apiVersion))
    }

    static func decode(
        _ frame: Bytes,
        headerVersion: Int16
    ) throws(WireError) -> (header: RequestHeader, body: Bytes) {
        var reader = WireReader(frame, version: headerVersion, flexible: headerVersion >= 2)
        var header = RequestHeader(
            apiKey: APIKey(try reader.int16("requestApiKey")),
            apiVersion: try reader.int16("requestApiVersion"),
            correlationID: try reader.int32("correlationId"),
            clientID: headerVersion >= 1 ? try reader.nullableShortString("clientId") : nil
        )
        header.unknownTaggedFields = try reader.unknownTaggedFields()
        return (header, reader.rest)
    }

    /// Writes the header; the body follows in the same writer.
    public func encode(to writer: inout WireWriter) throws(WireError) {
        try encode(to: &writer, headerVersion: RequestHeader.version(for: apiKey, apiVersion))
    }

    func encode(to writer: inout WireWriter, headerVersion: Int16) throws(WireError) {
        writer.int16(apiKey.rawValue)
        writer.int16(apiVersion)
        writer.int32(correlationID)
        if headerVersion >= 1 { try writer.nullableShortString("clientId", clientID) }
        if headerVersion >= 2 { try writer.unknownTaggedFields(unknownTaggedFields) }
    }
}

extension KafkaRequest {
    /// Header and body, without the length that precedes a frame on a connection.
    public func frame(version: Int16, correlationID: Int32, clientID: String?) throws(WireError) -> [BytesPart] {
        try Self.checkVersion(version)
        let header = RequestHeader(
            apiKey: Self.apiKey,
            apiVersion: version,
            correlationID: correlationID,
            clientID: clientID
        )
        var writer = WireWriter(version: version, flexible: Self.isFlexible(version))
        try header.encode(to: &writer)
        try encode(to: &writer)
        return writer.finish()
    }
}
