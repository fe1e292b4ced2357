import Records

/// Reads the topics out of a consumer's subscription, whatever its version.
///
/// | bytes | field |
/// |---|---|
/// | 2 | version, 0 on |
/// | 4 | count of topics |
/// | 2 + n, each | a topic's name |
/// | rest | what later versions and the assignor added; not read |
enum ConsumerSubscriptionTopics {
    /// Nil where `bytes` is not a subscription.
    static func parse(_ bytes: Bytes) -> Set<TopicName>? {
        bytes.withUnsafeBytes { buffer -> Set<TopicName>? in
            var position = 0
            func integer(bytes count: Int) -> Int? {
                guard buffer.count - position >= count else { return nil }
                var value = Int(Int8(bitPattern: buffer[position]))
                for index in 1..<count { value = value << 8 | Int(buffer[position + index]) }
                position += count
                return value
            }
            guard let version = integer(bytes: 2), version >= 0, let count = integer(bytes: 4), count >= 0 else {
                return nil
            }
            var topics: Set<TopicName> = []
            for _ in 0..<count {
                guard let length = integer(bytes: 2), length >= 0, buffer.count - position >= length else { return nil }
                let name = UnsafeRawBufferPointer(rebasing: buffer[position..<position + length])
                guard let text = String(validating: name.bindMemory(to: UInt8.self), as: UTF8.self) else { return nil }
                topics.insert(TopicName(text))
                position += length
            }
            return topics
        }
    }
}
