/// Reads the values of options as Kafka's console tools do: what is wrong with one is left to Java to print.
struct OptionReader {
    let given: ToolOptions

    init(_ given: ToolOptions) { self.given = given }

    /// The option's value; nil where it was not given. Errors: several values.
    func value(_ option: ToolOption) throws(ToolFailure) -> String? {
        do throws(OptionError) {
            return try given.value(option)
        } catch {
            throw OptionReader.failure(error)
        }
    }

    /// The value as a whole number. Errors: what is none, or does not fit.
    func number<T: FixedWidthInteger>(_ option: ToolOption) throws(ToolFailure) -> T? {
        guard let text = try value(option) else { return nil }
        guard let number = T(text) else {
            throw OptionReader.failure(.notConvertible(value: text, option: option.name))
        }
        return number
    }

    /// The values of an option that once had another name. Errors: both names.
    func values(_ option: ToolOption, before old: ToolOption) throws(ToolFailure) -> [String] {
        if given.has(option), given.has(old) {
            throw .misuse("Options --\(old.name) and --\(option.name) cannot be specified together.")
        }
        return given.values(option) + given.values(old)
    }

    private static func failure(_ error: OptionError) -> ToolFailure {
        .refused("Exception in thread \"main\" \(error.trace)")
    }
}
