/// A field in Swift.
extension FieldSchema {
    /// The name, in backticks where Swift has another use for it.
    var swiftName: String { FieldSchema.reserved.contains(name) ? "`\(name)`" : name }

    private static let reserved: Set<String> = [
        "as", "default", "extension", "for", "in", "internal", "is", "operator", "private", "protocol", "public",
        "repeat",
        "self", "static", "where",
    ]

    private var elementType: String {
        switch element {
        case .word(let word): word.swiftType
        case .structure(let name): name
        }
    }

    var swiftType: String {
        let type = isArray ? "[\(elementType)]" : elementType
        return nullable == nil ? type : "\(type)?"
    }

    /// Swift for the value that the field has where it is absent.
    var swiftDefault: String {
        if let defaultValue {
            if defaultValue == "null" { return "nil" }
            return element == .word(.errorCode) ? "ErrorCode(\(defaultValue))" : defaultValue
        }
        if isArray { return "[]" }
        switch element {
        case .word(.records): return nullable == nil ? WireWord.records.zero : "nil"
        case .word(let word): return word.zero
        case .structure(let name): return "\(name)()"
        }
    }

    /// Swift for "the field has another value than its default".
    var isSet: String {
        if nullable == nil {
            if isArray { return "!\(swiftName).isEmpty" }
            if element == .word(.bool) { return swiftDefault == "true" ? "!\(swiftName)" : swiftName }
        }
        return "\(swiftName) != \(swiftDefault)"
    }

    /// What the schema says of the field, in a line.
    func summary(within outer: VersionRange) -> String {
        var parts: [String] = []
        switch element {
        case .word(let word):
            let type = word.isWrapped ? "\(word.rawValue) (\(word.wire.rawValue))" : word.rawValue
            parts.append(isArray ? "Array of \(type)" : type)
        case .structure(let name): parts.append(isArray ? "Array of \(name)" : name)
        }
        if versions != outer { parts.append(versions.noun) }
        if let nullable { parts.append(nullable == versions ? "or null" : "or null in \(nullable.noun)") }
        if let tag { parts.append("tag \(tag)") }
        if let defaultValue { parts.append("\(defaultValue) by default") }
        if isIgnorable { parts.append("ignorable") }
        return parts.joined(separator: ", ") + "."
    }
}
