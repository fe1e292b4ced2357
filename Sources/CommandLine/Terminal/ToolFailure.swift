import ArgumentParser
import Logging

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

extension ParsableCommand {
    /// Tells of the failure as Kafka's tools do, and gives the exit code.
    static func report(_ failure: ToolFailure, on console: Console) -> Int32 {
        switch failure {
        case .misuse(let sentence):
            console.complain(sentence)
            console.complain(helpMessage())
        case .refused(let sentence):
            console.complain(sentence)
        case .failed(let sentence):
            console.logError(sentence)
        case .cannotBegin(let sentence, let cause):
            console.complain(sentence + "\n")
            if let cause { console.logError(cause) }
        }
        return 1
    }
}
