import KafkaProtocol
import Records

/// A frame as a client sends it is decoded as the broker does. What can be decoded can be encoded, and gives the same again.
enum RequestFuzz {
    private static let requests: [APIKey: any KafkaRequest.Type] = {
        let all = KafkaMessages.all.compactMap { $0 as? any KafkaRequest.Type }
        return Dictionary(all.map { ($0.apiKey, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    static func run(_ input: Bytes) throws(BrokenPromise) {
        let header: RequestHeader
        let body: Bytes
        do throws(WireError) { (header, body) = try RequestHeader.decode(input) } catch {
            return try MessageFuzz.checkPlace(error, in: input)
        }
        guard let type = requests[header.apiKey], type.versions.contains(header.apiVersion) else { return }
        try MessageFuzz.decode(type, header.apiVersion, body)
    }
}

/// The first two bytes choose a message by its name, the third its version; the rest is its body.
enum MessageFuzz {
    private static let messages: [Int: any KafkaMessage.Type] =
        Dictionary(KafkaMessages.all.map { (tag($0.messageName), $0) }, uniquingKeysWith: { first, _ in first })

    static func run(_ input: Bytes) throws(BrokenPromise) {
        var cursor = InputCursor(input)
        guard let type = messages[cursor.number()] else { return }
        let version = type.versions.lowerBound + Int16(cursor.byte()) % Int16(type.versions.count)
        try decode(type, version, cursor.rest())
    }

    /// A seed of a message that is known by name.
    static func tag(_ name: String) -> Int {
        Int(name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } & 0xffff)
    }

    static func decode<T: KafkaMessage>(_ type: T.Type, _ version: Int16, _ body: Bytes) throws(BrokenPromise) {
        let message: T
        do throws(WireError) {
            // Like the broker, which leaves bytes after the message alone.
            var reader = WireReader(body, version: version, flexible: T.isFlexible(version))
            message = try T(from: &reader)
        } catch { return try checkPlace(error, in: body) }
        do throws(WireError) {
            let again = try T.decode(message.encoded(version: version), version: version)
            // Not a number is not equal to itself.
            guard again != message, !"\(message)".contains("nan") else { return }
        } catch {
            // A string may be longer in a flexible version than what is ever written.
            if case .tooLong = error.kind { return }
            throw BrokenPromise("\(T.messageName) \(version) was decoded, but cannot be encoded: \(error)")
        }
        throw BrokenPromise("\(T.messageName) \(version) is another message after a round trip")
    }

    static func checkPlace(_ error: WireError, in bytes: Bytes) throws(BrokenPromise) {
        try BrokenPromise.check((0...bytes.count).contains(error.byteOffset), "\(error) names a place outside")
    }
}
