import Records

/// A message of the protocol: the body of a request or response, or a record of an internal topic.
///
/// One struct serves all versions. A field that a version does not have takes the schema's default when decoded; when
/// encoded, it is left out if the schema calls it ignorable, and is an error otherwise unless it has its default.
///
/// ```swift
/// var request = MetadataRequest()
/// request.topics = [MetadataRequest.MetadataRequestTopic(name: "orders")]
/// let bytes = try request.encoded(version: 9)
/// let same = try MetadataRequest.decode(bytes, version: 9)
/// ```
public protocol KafkaMessage: Sendable, Equatable {
    /// The name in the protocol, for example `ProduceRequest`.
    static var messageName: String { get }
    /// The versions that this release speaks.
    static var versions: ClosedRange<Int16> { get }
    /// Whether `version` has compact lengths and tagged fields. See KIP-482.
    static func isFlexible(_ version: Int16) -> Bool
    /// A message whose fields have their defaults.
    init()
    /// Reads a message of the reader's version.
    init(from reader: inout WireReader) throws(WireError)
    /// Writes the message at the writer's version.
    func encode(to writer: inout WireWriter) throws(WireError)
}

extension KafkaMessage {
    /// Decodes `bytes`, which hold this message and nothing after it. `bytes` and `records` fields share their memory.
    public static func decode(_ bytes: Bytes, version: Int16) throws(WireError) -> Self {
        try checkVersion(version)
        var reader = WireReader(bytes, version: version, flexible: isFlexible(version))
        let message = try Self(from: &reader)
        try reader.expectEnd()
        return message
    }

    /// The message at `version`, in one piece.
    public func encoded(version: Int16) throws(WireError) -> Bytes {
        try Self.checkVersion(version)
        var writer = WireWriter(version: version, flexible: Self.isFlexible(version))
        try encode(to: &writer)
        return try writer.finishBytes()
    }

    /// Fails with `unsupportedVersion` for a version that this release does not speak.
    public static func checkVersion(_ version: Int16) throws(WireError) {
        guard versions.contains(version) else {
            throw WireError(.unsupportedVersion(version, supported: versions), field: "", byteOffset: 0)
        }
    }
}

/// The body of a request.
public protocol KafkaRequest: KafkaMessage {
    /// What answers it.
    associatedtype Response: KafkaResponse
    /// The API that it calls.
    static var apiKey: APIKey { get }
}

/// The body of a response.
public protocol KafkaResponse: KafkaMessage {
    /// The API that it answers.
    static var apiKey: APIKey { get }
}

/// The body of a response that can tell for how long the client is slowed down. See KIP-219.
public protocol ThrottledResponse: KafkaResponse {
    /// In milliseconds; 0 where the client is not slowed down.
    var throttleTimeMs: Int32 { get set }
}
