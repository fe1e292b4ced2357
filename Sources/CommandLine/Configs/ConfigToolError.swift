import KafkaClient

/// Why `millrace configs` failed.
enum ConfigToolError: Error, Hashable {
    /// Options are missing or contradict each other: the sentence and the usage.
    case misuse(String)
    /// The sentence alone, in the words of Kafka's tool, and a line that helps a person.
    case illegal(String, hint: String?)
    /// What Kafka's tool says no more of than the arguments it had; the cause goes to the log.
    case failed(cause: String, hint: String?)

    static func illegal(_ sentence: String) -> ConfigToolError { .illegal(sentence, hint: nil) }

    static func failed(_ cause: String) -> ConfigToolError { .failed(cause: cause, hint: nil) }

    /// A call failed.
    init(_ error: KafkaError) { self = .failed(cause: "\(error)", hint: nil) }
}
