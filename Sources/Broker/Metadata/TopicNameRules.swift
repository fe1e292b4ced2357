import KafkaProtocol
import Records

/// What a topic may be called: 1 to 249 of ASCII letters, digits, `.`, `_` and `-`, but not `.` or `..`.
enum TopicNameRules {
    static let maxLength = 249
    static let internalTopics: Set<TopicName> = ["__consumer_offsets", "__transaction_state", "__share_group_state"]

    /// What is wrong with `name`, as Kafka says it; nil where nothing is.
    static func complaint(about name: TopicName) -> String? {
        let text = name.rawValue
        let reason: String? =
            switch text {
            case "": "the empty string is not allowed"
            case ".", "..": "'\(text)' is not allowed"
            case _ where text.utf16.count > maxLength:
                "the length of '\(text)' is longer than the max allowed length \(maxLength)"
            case _ where !text.utf8.allSatisfy(isAllowed):
                "'\(text)' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
            default: nil
            }
        return reason.map { "Topic name is invalid: \($0)" }
    }

    /// An existing topic whose metrics `name` would share, because metrics turn `.` into `_`.
    static func collision(of name: TopicName, in image: MetadataImage) -> TopicName? {
        guard name.rawValue.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }) else {
            return nil
        }
        let unified = metricName(name)
        return image.topics.keys.first { $0 != name && metricName($0) == unified }
    }

    static func isInternal(_ name: TopicName) -> Bool { internalTopics.contains(name) }

    private static func metricName(_ name: TopicName) -> [UInt8] {
        name.rawValue.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
