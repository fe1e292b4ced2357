/// One dotted name of an application's settings: its default and meaning, and where the value goes.
public struct StreamsConfigurationKey: Sendable {
    /// The dotted name.
    public let name: String
    /// As it is written in a properties file; nil where there is none.
    public let defaultValue: String?
    /// What it means, in a sentence.
    public let documentation: String
    /// Nil when the value was taken, otherwise why it does not fit.
    let set: @Sendable (inout StreamsConfiguration, String) -> String?

    init(
        _ name: String,
        _ defaultValue: String?,
        _ documentation: String,
        set: @escaping @Sendable (inout StreamsConfiguration, String) -> String?
    ) {
        self.name = name
        self.defaultValue = defaultValue
        self.documentation = documentation
        self.set = set
    }

    /// A whole number within `range`.
    static func integer(
        _ name: String,
        _ defaultValue: Int,
        in range: ClosedRange<Int>,
        _ documentation: String,
        set: @escaping @Sendable (inout StreamsConfiguration, Int) -> Void
    ) -> StreamsConfigurationKey {
        StreamsConfigurationKey(name, "\(defaultValue)", documentation) {
            guard let value = Int($1) else { return "Not a number of type LONG" }
            guard range.contains(value) else {
                return "Value must be at least \(range.lowerBound) and at most \(range.upperBound)"
            }
            set(&$0, value)
            return nil
        }
    }

    /// A time in milliseconds.
    static func milliseconds(
        _ name: String,
        _ path: any WritableKeyPath<StreamsConfiguration, Duration> & Sendable,
        _ defaultValue: Int,
        _ documentation: String
    ) -> StreamsConfigurationKey {
        integer(name, defaultValue, in: 0...Int(Int32.max), documentation) {
            $0[keyPath: path] = .milliseconds($1)
        }
    }

    /// One of a few words; other words that Kafka knows are refused with a reason.
    static func choice(
        _ name: String,
        _ defaultValue: String?,
        of words: [String],
        notYet: [String: String] = [:],
        _ documentation: String,
        set: @escaping @Sendable (inout StreamsConfiguration, String) -> Void = { _, _ in }
    ) -> StreamsConfigurationKey {
        StreamsConfigurationKey(name, defaultValue, documentation) {
            if let reason = notYet[$1] { return reason }
            guard words.contains($1) else { return "String must be one of: \(words.joined(separator: ", "))" }
            set(&$0, $1)
            return nil
        }
    }

    /// One of the exception handlers that Kafka Streams brings, by its class or the last part of its name.
    static func handler(
        _ name: String,
        _ failing: String,
        _ continuing: String,
        _ documentation: String,
        set: @escaping @Sendable (inout StreamsConfiguration, _ continues: Bool) -> Void
    ) -> StreamsConfigurationKey {
        let package = "org.apache.kafka.streams.errors."
        return StreamsConfigurationKey(name, package + failing, documentation) {
            switch $1 {
            case failing, package + failing: set(&$0, false)
            case continuing, package + continuing: set(&$0, true)
            default: return "must be \(failing) or \(continuing); handlers of your own are set in code"
            }
            return nil
        }
    }
}
