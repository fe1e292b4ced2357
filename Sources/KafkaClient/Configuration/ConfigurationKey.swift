/// One dotted name of a component's settings: its type, default and meaning, and where the value goes.
///
/// A component lists its keys once; the list reads properties, and writes the reference page.
public struct ConfigurationKey<Configuration: Sendable>: Sendable {
    /// How a value is written, in Kafka's words.
    public enum ValueType: String, Sendable, Hashable {
        case boolean, int, long, double, string, list, password, `class`
    }

    /// The dotted name.
    public let name: String
    /// How its value is written.
    public let type: ValueType
    /// As it is written in a properties file; nil where there is none.
    public let defaultValue: String?
    /// What it means, in a sentence.
    public let documentation: String
    /// Nil when the value was taken, otherwise why it does not fit.
    let set: @Sendable (inout Configuration, String) -> String?

    init(
        _ name: String,
        _ type: ValueType,
        _ defaultValue: String?,
        _ documentation: String,
        set: @escaping @Sendable (inout Configuration, String) -> String?
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.documentation = documentation
        self.set = set
    }

    /// A whole number within `range`.
    static func integer(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, Int> & Sendable,
        _ defaultValue: Int,
        in range: ClosedRange<Int>,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, range.upperBound > Int(Int32.max) ? .long : .int, "\(defaultValue)", documentation) {
            guard let value = Int($1) else { return "Not a number of type INT" }
            guard range.contains(value) else { return outOfRange(range) }
            $0[keyPath: path] = value
            return nil
        }
    }

    /// A time in milliseconds.
    static func milliseconds(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, Duration> & Sendable,
        _ defaultValue: Int,
        in range: ClosedRange<Int> = 0...Int(Int32.max),
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, .long, "\(defaultValue)", documentation) {
            guard let value = Int($1) else { return "Not a number of type LONG" }
            guard range.contains(value) else { return outOfRange(range) }
            $0[keyPath: path] = .milliseconds(value)
            return nil
        }
    }

    static func boolean(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, Bool> & Sendable,
        _ defaultValue: Bool,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, .boolean, "\(defaultValue)", documentation) {
            switch $1.lowercased() {
            case "true": $0[keyPath: path] = true
            case "false": $0[keyPath: path] = false
            default: return "Expected value to be either true or false"
            }
            return nil
        }
    }

    static func string(
        _ name: String,
        _ path: any WritableKeyPath<Configuration, String> & Sendable,
        _ defaultValue: String,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, .string, defaultValue, documentation) {
            $0[keyPath: path] = $1
            return nil
        }
    }

    /// One of a few words.
    static func choice(
        _ name: String,
        _ defaultValue: String,
        of words: [String],
        _ documentation: String,
        set: @escaping @Sendable (inout Configuration, String) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(name, .string, defaultValue, documentation) {
            guard words.contains($1) else { return "String must be one of: \(words.joined(separator: ", "))" }
            set(&$0, $1)
            return nil
        }
    }

    private static func outOfRange(_ range: ClosedRange<Int>) -> String {
        "Value must be at least \(range.lowerBound) and at most \(range.upperBound)"
    }
}

extension Array {
    /// Reads `properties` into `configuration`. Names outside of the table are errors, unless they are in `alsoKnown`.
    func apply<Configuration: Sendable>(
        _ properties: [String: String],
        to configuration: inout Configuration,
        alsoKnown: Set<String>
    ) throws(ConfigurationError) where Element == ConfigurationKey<Configuration> {
        var unknown = Set(properties.keys).subtracting(alsoKnown)
        var invalid: [ConfigurationError.Invalid] = []
        for key in self {
            unknown.remove(key.name)
            guard let value = properties[key.name] else { continue }
            let trimmed = String(value.trimmingSpaces)
            if let reason = key.set(&configuration, trimmed) {
                invalid.append(ConfigurationError.Invalid(name: key.name, value: trimmed, reason: reason))
            }
        }
        guard unknown.isEmpty, invalid.isEmpty else {
            throw ConfigurationError(unknown: Array<String>(unknown), invalid: invalid)
        }
    }
}

extension StringProtocol {
    var trimmingSpaces: SubSequence {
        let rest = drop { $0.isWhitespace }
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return rest }
        return rest[...last]
    }
}
