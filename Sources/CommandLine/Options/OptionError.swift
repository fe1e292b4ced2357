/// Why the arguments of a tool cannot be read, in the words of Kafka's tools.
enum OptionError: Error, Hashable {
    /// No option is called so; `suggestion` may have been meant.
    case unrecognized(String, suggestion: String?)
    /// The option needs a value.
    case missingArgument(String)
    /// The option was given more than once, where one value is asked for.
    case several(String)
    /// The value is not a number.
    case notConvertible(value: String, option: String)
    /// The option goes only with options that are not there.
    case unavailable(String)
    /// No option is called so, and the parser is strict.
    case unexpected(String, suggestion: String?)
    /// The option must be given, says the strict parser.
    case required(String)
    /// The option needs a value, says the strict parser.
    case expectedArgument(String)
    /// The option's value does not fit, says the strict parser.
    case invalid(String, String)
    /// Anything else that the strict parser says.
    case sentence(String)

    /// The sentence.
    var message: String {
        switch self {
        case .unrecognized(let name, _): "\(name) is not a recognized option"
        case .missingArgument(let name): "Option \(name) requires an argument"
        case .several(let name): "Found multiple arguments for option \(name), but you asked for only one"
        case .notConvertible(let value, let option): "Cannot parse argument '\(value)' of option \(option)"
        case .unavailable(let name): "Option(s) [\(name)] are unavailable given other options on the command line"
        case .unexpected(let word, _): "unrecognized arguments: '\(word)'"
        case .required(let name): "argument --\(name) is required"
        case .expectedArgument(let name): "argument --\(name): expected one argument"
        case .invalid(let name, let reason): "argument --\(name): \(reason)"
        case .sentence(let sentence): sentence
        }
    }

    /// The sentence behind the name that Kafka's parser gives to the error: what Java prints of an error that a tool
    /// does not handle.
    var trace: String {
        let name =
            switch self {
            case .unrecognized: "UnrecognizedOptionException"
            case .missingArgument: "OptionMissingRequiredArgumentException"
            case .several: "MultipleArgumentsForOptionException"
            case .notConvertible: "OptionArgumentConversionException"
            case .unavailable: "UnavailableOptionException"
            case .unexpected, .required, .expectedArgument, .invalid, .sentence: "OptionException"
            }
        return "joptsimple.\(name): \(message)"
    }

    /// A line that helps a person, where there is one.
    var hint: String? {
        guard case .unrecognized(_, let suggestion?) = self else { return nil }
        return "Did you mean --\(suggestion)?"
    }
}
