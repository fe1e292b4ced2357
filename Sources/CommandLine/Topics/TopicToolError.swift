import KafkaClient
import KafkaProtocol

/// Why a command on topics failed: the sentence after `Error while executing topic command : `.
struct TopicToolError: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }

    /// Where no broker was ever reached, Kafka's tool names the call that waited for one.
    init(_ error: KafkaError, call: String, hasReachedBroker: Bool) {
        let isUnreached = !hasReachedBroker && (error.code == .networkException || error.code == .requestTimedOut)
        message = isUnreached ? "Timed out waiting for a node assignment. Call: \(call)" : error.message
    }
}
