import KafkaClient

/// Why `millrace consumer-groups` failed.
enum GroupToolError: Error, Hashable {
    /// The sentence and the usage.
    case misuse(String)
    /// The sentence after `Error: Executing consumer group command failed due to `; the cause goes to the log.
    case failed(String, cause: String?)

    static func failed(_ sentence: String) -> GroupToolError { .failed(sentence, cause: nil) }

    /// How deep Kafka's tool wraps an error, which shows in its text.
    enum Wrapping: Sendable {
        case once, twice
    }

    init(_ error: KafkaError, _ wrapping: Wrapping) {
        let text = JavaError.text(error)
        let cause = error.underlying.map { "\($0)" }
        switch wrapping {
        case .once: self = .failed(text, cause: cause)
        case .twice: self = .failed("java.util.concurrent.ExecutionException: \(text)", cause: cause)
        }
    }
}
