import ArgumentParser
import Logging

/// A tool whose options are a ``ToolSyntax``: a subcommand that hands all its arguments on.
protocol ToolCommand: AsyncParsableCommand {
    /// What it may be called with.
    static var syntax: ToolSyntax { get }
    /// What the subcommand was called with.
    var arguments: [String] { get }
    /// Does what the options say, and gives the exit code. Errors: what keeps it from beginning.
    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32
    /// What the tool makes of arguments that cannot be read.
    static func failure(_ error: OptionError) -> ToolFailure
}

extension ToolCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: syntax.name,
            abstract: syntax.abstract,
            version: millraceVersion,
            helpNames: []
        )
    }

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

    func run() async throws {
        let code = await exitCode(Console.standard("millrace.\(Self.syntax.name)"))
        if code != 0 { throw ExitCode(code) }
    }

    /// Runs the tool with what the subcommand was called with.
    func exitCode(_ console: Console) async -> Int32 { await Self.exitCode(arguments, on: console) }

    /// Runs the tool with these arguments.
    static func exitCode(_ arguments: [String], on console: Console) async -> Int32 {
        do throws(ToolFailure) {
            guard !arguments.isEmpty else { throw .misuse(syntax.purpose) }
            let options: ToolOptions
            do throws(OptionError) {
                options = try syntax.parse(arguments)
            } catch {
                return report(failure(error), hint: error.hint, on: console)
            }
            if options.has(.help) {
                console.print(syntax.help)
                return 0
            }
            if options.has(.version) {
                console.print(millraceVersion)
                return 0
            }
            for word in options.strayWords { console.logWarning("'\(word)' belongs to no option and is passed over.") }
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
            console.complain(syntax.help)
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
