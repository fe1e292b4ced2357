/// The options that a tool was called with, in their order.
struct ToolOptions: Sendable {
    /// An option and its value, as they were given.
    struct Occurrence: Sendable {
        let option: ToolOption
        /// Nil where the option has none.
        let value: String?
    }

    /// In the order of the command line.
    private(set) var occurrences: [Occurrence] = []
    /// Words that belong to no option, which Kafka's tools pass over.
    private(set) var strayWords: [String] = []
    /// The words as they came.
    let words: [String]

    init(words: [String]) { self.words = words }

    mutating func append(_ option: ToolOption, _ value: String?) {
        occurrences.append(Occurrence(option: option, value: value))
    }

    mutating func appendStray(_ words: some Sequence<String>) { strayWords += words }

    /// Whether the option was given.
    func has(_ option: ToolOption) -> Bool { occurrences.contains { $0.option == option } }

    /// Its values, in their order.
    func values(_ option: ToolOption) -> [String] {
        occurrences.compactMap { $0.option == option ? $0.value : nil }
    }

    /// Its value; nil where it was not given, or given without one. Errors: several values.
    func value(_ option: ToolOption) throws(OptionError) -> String? {
        let values = values(option)
        guard values.count < 2 else { throw .several(option.name) }
        return values.first
    }

    /// Its value as a whole number of 64 bits. Errors: several values, and what is no number.
    func int64(_ option: ToolOption) throws(OptionError) -> Int64? {
        guard let value = try value(option) else { return nil }
        guard let number = Int64(value) else { throw .notConvertible(value: value, option: option.name) }
        return number
    }
}
