import KafkaProtocol

/// Why a request was refused, as its answer says it: a code, and a sentence for the user.
struct APIFailure: Error, Hashable, Sendable {
    let code: ErrorCode
    /// Nil leaves the sentence to the client, which has one for each code.
    let message: String?

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }
}
