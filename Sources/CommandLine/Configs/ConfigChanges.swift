import Broker

/// Which configs to set, and which to set back.
struct ConfigChanges: Sendable, Hashable {
    /// By name.
    var added: [String: String]
    /// In the order in which they were given.
    var deleted: [String]

    /// Errors: texts and files that cannot be read.
    init(_ options: ConfigOptions) throws(ConfigToolError) {
        added = [:]
        if let path = try options.value(ConfigOptions.addConfigFile) {
            do throws(FileError) {
                for property in PropertiesFile.parse(try TextFile.read(path)) { added[property.key] = property.value }
            } catch {
                throw .failed("\(path) cannot be read: \(error.reason)")
            }
        }
        if let text = try options.value(ConfigOptions.addConfig) {
            added.merge(try ConfigChanges.assignments(text)) { $1 }
        }
        for name in added.keys.sorted() where !name.utf8.allSatisfy(ConfigChanges.isAllowed) {
            throw .illegal("Invalid character found for config key: \(name)")
        }
        deleted = options.given.values(ConfigOptions.deleteConfig).flatMap { text in
            text.split(separator: ",").map(ConfigChanges.trimmed)
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Reads `k1=v1,k2=[v1,v2]`: within brackets neither commas nor equals signs part anything.
    static func assignments(_ text: String) throws(ConfigToolError) -> [String: String] {
        var parts = split(text[...], at: ",")
        // Java's way of splitting: empty parts at the end do not count.
        while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        var assignments: [String: String] = [:]
        for part in parts {
            let sides = split(part, at: "=")
            guard sides.count == 2 else {
                throw .illegal(
                    "requirement failed: Invalid entity config: all configs to be added must be in the format "
                        + "\"key=val\"."
                )
            }
            assignments[trimmed(sides[0])] = trimmed(sides[1].filter { $0 != "[" && $0 != "]" }[...])
        }
        return assignments
    }

    /// Parts at a separator after which an opening bracket, or none, comes next.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        for place in text.indices where text[place] == separator {
            let next = text[text.index(after: place)...].first { $0 == "[" || $0 == "]" }
            guard next != "]" else { continue }
            parts.append(text[start..<place])
            start = text.index(after: place)
        }
        return parts + [text[start...]]
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
