import KafkaClient

/// Why a command on topics failed: the sentence after `Error while executing topic command : `.
struct TopicToolError: Error, Hashable {
    let message: String
    /// A line that helps a person, where there is one.
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// Where no broker was ever reached, Kafka's tool names the call that waited for one.
    init(_ error: KafkaError, call: String, hasReachedBroker: Bool) {
        let told = JavaError.ofCall(error, call: call, hasReachedBroker: hasReachedBroker)
        self.init(JavaError.message(told))
    }
}
