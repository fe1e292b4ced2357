/// Which values of its type a config takes; complaints are worded as Kafka's validators word them.
enum ConfigValidity: Sendable {
    case any
    case atLeast(Int64)
    case between(Double, Double)
    case oneOf([String])
    case oneOfIgnoringCase([String])
    /// -1, or 1 to 9.
    case gzipLevel
    /// `partition:broker` pairs, or `*`.
    case throttledReplicas
    /// Where a share group begins: `earliest`, `latest`, or `by_duration:` and a duration.
    case offsetReset

    /// Why `value` is refused; nil where it is taken.
    func complaint(about value: ConfigValue) -> String? {
        switch self {
        case .any: nil
        case .atLeast(let least): number(value).flatMap { $0 < Double(least) ? "Value must be at least \(least)" : nil }
        case .between(let least, let most): ConfigValidity.range(number(value), least, most)
        case .oneOf(let names): ConfigValidity.membership(value, names, ignoringCase: false)
        case .oneOfIgnoringCase(let names): ConfigValidity.membership(value, names, ignoringCase: true)
        case .gzipLevel:
            switch value {
            case .integer(-1), .integer(1...9): nil
            default: "Value must be between 1 and 9 or equal to -1"
            }
        case .throttledReplicas: ConfigValidity.throttling(value)
        case .offsetReset: ConfigValidity.offsetReset(value)
        }
    }

    private func number(_ value: ConfigValue) -> Double? {
        switch value {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .null, .boolean, .string, .list: nil
        }
    }

    private static func range(_ value: Double?, _ least: Double, _ most: Double) -> String? {
        guard let value else { return nil }
        if value < least { return "Value must be at least \(plain(least))" }
        if value > most { return "Value must be no more than \(plain(most))" }
        return nil
    }

    private static func plain(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? "\(value)"
    }

    private static func membership(_ value: ConfigValue, _ names: [String], ignoringCase: Bool) -> String? {
        func isKnown(_ text: String) -> Bool {
            ignoringCase ? names.contains { $0.lowercased() == text.lowercased() } : names.contains(text)
        }
        let complaint =
            "String must be one of\(ignoringCase ? " (case insensitive)" : ""): "
            + names.map { ignoringCase ? $0.uppercased() : $0 }.joined(separator: ", ")
        switch value {
        case .string(let text): return isKnown(text) ? nil : complaint
        case .list(let texts): return texts.allSatisfy(isKnown) ? nil : complaint
        case .null, .boolean, .integer, .double: return nil
        }
    }

    private static func throttling(_ value: ConfigValue) -> String? {
        guard case .list(let texts) = value, texts != ["*"] else { return nil }
        for text in texts {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ Int32($0) != nil }) else {
                return "Must be the literal '*' or a list of replicas in the following format: "
                    + "[partitionId]:[brokerId],[partitionId]:[brokerId],..."
            }
        }
        return nil
    }

    private static func offsetReset(_ value: ConfigValue) -> String? {
        guard case .string(let text) = value, text != "earliest", text != "latest" else { return nil }
        let (prefix, limit) = ("by_duration:", "P(?!$)(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+([.,]\\d{0,9})?S)?)?")
        if text.hasPrefix(prefix), matches(text.dropFirst(prefix.count).uppercased(), limit) { return nil }
        return
            "Invalid value `\(text)` for configuration share.auto.offset.reset. The value must be either 'earliest', "
            + "'latest' or of the format 'by_duration:<PnDTnHnMn.nS.>'."
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        do { return try Regex(pattern).wholeMatch(in: text) != nil } catch { return false }
    }
}
