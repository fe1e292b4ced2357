import Logging

/// A tool: what it may be called with, and what it does then.
protocol ToolCommand: SendableMetatype {
    /// What it may be called with.
    static var syntax: ToolSyntax { get }
    /// Does what the options say, and gives the exit code. Errors: what keeps it from beginning.
    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32
    /// What the tool makes of arguments that cannot be read.
    static func failure(_ error: OptionError) -> ToolFailure
}

extension ToolCommand {
    static func failure(_ error: OptionError) -> ToolFailure { .misuse(error.message) }

    /// Reads a value, and makes the tool's failure of one that cannot be read.
    static func read<R>(_ body: () throws(OptionError) -> R) throws(ToolFailure) -> R {
        do throws(OptionError) {
            return try body()
        } catch {
            throw failure(error)
        }
    }

    /// Whether `--output json` is asked for. Errors: a format that there is none of.
    static func wantsJSON(_ options: ToolOptions) throws(ToolFailure) -> Bool {
        switch try read({ () throws(OptionError) in try options.value(.output) }) {
        case nil, "text": return false
        case "json": return true
        case let format?: throw .misuse("Invalid output format '\(format)'. Valid formats are: text, json")
        }
    }

    /// Runs the tool with these arguments.
    static func exitCode(_ arguments: [String], on console: Console) async -> Int32 {
        do throws(ToolFailure) {
            if arguments.isEmpty, syntax.isStrict, syntax.operands == nil {
                console.print(syntax.help(calledAs: console.caller))
                return 0
            }
            if arguments.isEmpty, let sentence = syntax.withoutArguments { throw .misuse(sentence) }
            let options: ToolOptions
            do throws(OptionError) {
                options = try syntax.parse(arguments)
            } catch {
                if syntax.isStrict {
                    throw .refused(syntax.strictRefusal(error, calledAs: console.caller))
                }
                return report(failure(error), hint: error.hint, on: console)
            }
            if options.has(.help) {
                console.print(syntax.help(calledAs: console.caller))
                return 0
            }
            if options.has(.version) {
                console.print(millraceVersion)
                return 0
            }
            if syntax.operands == nil {
                for word in options.strayWords {
                    console.logWarning("'\(word)' belongs to no option and is passed over.")
                }
            }
            return try await perform(options, on: console)
        } catch {
            return report(error, on: console)
        }
    }

    /// Tells of the failure as Kafka's tools do, and gives the exit code.
    static func report(_ failure: ToolFailure, hint: String? = nil, on console: Console) -> Int32 {
        switch failure {
        case .misuse(let sentence):
            console.complain(sentence)
            if let hint { console.logWarning(hint) }
            console.complain(syntax.help(calledAs: console.caller))
        case .refused(let sentence):
            console.complain(sentence)
            if let hint { console.logWarning(hint) }
        case .failed(let sentence):
            console.logError(sentence)
        case .cannotBegin(let sentence, let cause):
            console.complain(sentence + "\n")
            if let cause { console.logError(cause) }
        }
        return 1
    }
}
