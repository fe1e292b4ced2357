/// Why a tool ends before it has begun; its exit code is then 1.
enum ToolFailure: Error, Hashable {
    /// Options are missing, or contradict each other: the sentence and the usage go to standard error.
    case misuse(String)
    /// The sentence alone goes to standard error.
    case refused(String)
    /// What Kafka's tools throw, and Java prints with a stack trace: it goes to the log.
    case failed(String)
    /// The client cannot be made: the sentence and a blank line go to standard error, and the cause to the log.
    case cannotBegin(String, cause: String?)
}
