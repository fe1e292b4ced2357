/// Who set a batch's timestamps. See KIP-32.
public enum TimestampType: Int8, Sendable, Hashable, CaseIterable {
    /// The producer, record by record.
    case createTime = 0
    /// The broker, when it appended the batch: all records bear the batch's maximum timestamp.
    case logAppendTime = 1

    /// Kafka's name, as `message.timestamp.type` has it.
    public var name: String {
        switch self {
        case .createTime: "CreateTime"
        case .logAppendTime: "LogAppendTime"
        }
    }

    /// The type of Kafka's `name`; nil for any other text.
    public init?(name: String) {
        guard let type = TimestampType.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}
