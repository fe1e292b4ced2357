/// Reads text in the syntax of `java.util.Properties`: `key=value`, `key: value` or `key value` a line, `#` and `!`
/// start comments, a backslash escapes (`\t \n \r \f \uXXXX \:`), and at the end of a line continues it on the next.
package enum PropertiesFile {
    /// The pairs in order. A key that stands twice stands twice here.
    package static func parse(_ text: String) -> [(key: String, value: String)] {
        logicalLines(text).compactMap(pair)
    }

    /// Physical lines joined where one ends in an odd number of backslashes; comments and blank lines left out.
    private static func logicalLines(_ text: String) -> [Substring.UnicodeScalarView] {
        var lines: [Substring.UnicodeScalarView] = []
        var pending = ""
        for physical in text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
            let line = physical.drop { isBlank($0) }
            if pending.isEmpty, line.isEmpty || line.first == "#" || line.first == "!" { continue }
            let backslashes = line.reversed().prefix { $0 == "\\" }.count
            if backslashes % 2 == 1 {
                pending.unicodeScalars.append(contentsOf: line.dropLast())
                continue
            }
            pending.unicodeScalars.append(contentsOf: line)
            lines.append(Substring(pending).unicodeScalars)
            pending = ""
        }
        if !pending.isEmpty { lines.append(Substring(pending).unicodeScalars) }
        return lines
    }

    private static func pair(_ line: Substring.UnicodeScalarView) -> (key: String, value: String)? {
        var rest = line
        let key = unescape(&rest) { isBlank($0) || $0 == "=" || $0 == ":" }
        rest = rest.drop { isBlank($0) }
        if let separator = rest.first, separator == "=" || separator == ":" {
            rest = rest.dropFirst().drop { isBlank($0) }
        }
        let value = unescape(&rest) { _ in false }
        return key.isEmpty && value.isEmpty ? nil : (key, value)
    }

    /// Takes scalars up to one that `ends` without being escaped.
    private static func unescape(_ rest: inout Substring.UnicodeScalarView, ends: (Unicode.Scalar) -> Bool) -> String {
        var units: [UInt16] = []
        while let scalar = rest.first, !ends(scalar) {
            rest = rest.dropFirst()
            guard scalar == "\\", let escaped = rest.first else {
                units.append(contentsOf: String(scalar).utf16)
                continue
            }
            rest = rest.dropFirst()
            switch escaped {
            case "t": units.append(9)
            case "n": units.append(10)
            case "r": units.append(13)
            case "f": units.append(12)
            case "u":
                let digits = String(rest.prefix(4))
                if digits.count == 4, let unit = UInt16(digits, radix: 16) {
                    units.append(unit)
                    rest = rest.dropFirst(4)
                } else {
                    units.append(contentsOf: "u".utf16)
                }
            default: units.append(contentsOf: String(escaped).utf16)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{c}"
    }
}
