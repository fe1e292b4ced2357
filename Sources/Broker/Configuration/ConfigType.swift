/// The type of a config's value, with Kafka's rules for reading it.
enum ConfigType: Sendable, Hashable {
    case boolean, string, int, short, long, double, list, `class`, password
    /// That of a name which nobody knows. It may be a secret.
    case unknown

    /// The number that stands for it in a DescribeConfigs answer.
    var code: Int8 {
        switch self {
        case .unknown: 0
        case .boolean: 1
        case .string: 2
        case .int: 3
        case .short: 4
        case .long: 5
        case .double: 6
        case .list: 7
        case .class: 8
        case .password: 9
        }
    }

    func parse(_ text: String, name: String) throws(InvalidConfigValue) -> ConfigValue {
        let trimmed = text.trimmingWhitespace()
        switch self {
        case .boolean:
            switch trimmed.lowercased() {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: throw refusal(name, text, "Expected value to be either true or false")
            }
        case .int: return .integer(Int64(try number(Int32.self, trimmed, name, text)))
        case .short: return .integer(Int64(try number(Int16.self, trimmed, name, text)))
        case .long: return .integer(try number(Int64.self, trimmed, name, text))
        case .double:
            guard let value = Double(trimmed) else { throw refusal(name, text, "Not a number of type DOUBLE") }
            return .double(value)
        case .list:
            if trimmed.isEmpty { return .list([]) }
            return .list(
                trimmed.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingWhitespace() }
            )
        case .string, .class: return .string(trimmed)
        case .password, .unknown: return .string(text)
        }
    }

    private func number<T: FixedWidthInteger>(
        _: T.Type,
        _ trimmed: String,
        _ name: String,
        _ text: String
    ) throws(InvalidConfigValue) -> T {
        guard let value = T(trimmed) else { throw refusal(name, text, "Not a number of type \(kafkaName)") }
        return value
    }

    private func refusal(_ name: String, _ value: String, _ reason: String) -> InvalidConfigValue {
        InvalidConfigValue(name: name, value: value, reason: reason)
    }

    private var kafkaName: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .string: "STRING"
        case .int: "INT"
        case .short: "SHORT"
        case .long: "LONG"
        case .double: "DOUBLE"
        case .list: "LIST"
        case .class: "CLASS"
        case .password: "PASSWORD"
        case .unknown: "UNKNOWN"
        }
    }
}

/// A config's value after it was read.
enum ConfigValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case list([String])
}

extension StringProtocol {
    /// Without white space at both ends.
    func trimmingWhitespace() -> String {
        var part = self[...]
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }
}
