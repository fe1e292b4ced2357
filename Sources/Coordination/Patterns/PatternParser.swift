/// Reads the syntax of RE2.
struct PatternParser {
    private static let maxDepth = 200
    private static let maxRepetition = 1000

    private struct Flags {
        var ignoresCase = false
        var dotTakesNewline = false
        var isMultiline = false
    }

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func parse() throws(NamePattern.Flaw) -> PatternNode {
        let node = try alternatives()
        // Only a parenthesis that none opened ends the reading early.
        guard position == text.count else { throw flaw("unexpected )") }
        return node
    }

    private func flaw(_ reason: String) -> NamePattern.Flaw { NamePattern.Flaw(description: reason) }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard text[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    /// The text up to `end`, which is passed; nil where it does not come.
    private mutating func takeText(until end: Unicode.Scalar) -> String? {
        guard let index = text[position...].firstIndex(of: end) else { return nil }
        defer { position = index + 1 }
        return String(String.UnicodeScalarView(text[position..<index]))
    }

    // MARK: Structure

    private mutating func alternatives() throws(NamePattern.Flaw) -> PatternNode {
        var nodes = [try sequence()]
        while take("|") { nodes.append(try sequence()) }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence() throws(NamePattern.Flaw) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if take("\\Q") {
                while next != nil, !take("\\E") {
                    nodes.append(.characters(CharacterSet(text[position], ignoresCase: flags.ignoresCase)))
                    position += 1
                }
                if let last = nodes.popLast() { nodes.append(try repeated(last)) }
                continue
            }
            guard let atom = try atom() else { continue }
            nodes.append(try repeated(atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func repeated(_ atom: PatternNode) throws(NamePattern.Flaw) -> PatternNode {
        guard let (least, most) = try repetition() else { return atom }
        // Lazy or not, the same names match.
        _ = take("?")
        guard try repetition() == nil else { throw flaw("invalid nested repetition operator") }
        return .repetition(atom, least: least, most: most)
    }

    private mutating func repetition() throws(NamePattern.Flaw) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            position = start
            return nil
        }
        guard least <= Self.maxRepetition, most ?? least <= Self.maxRepetition, least <= most ?? least else {
            throw flaw("invalid repeat count")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min(100_000, (value ?? 0) * 10 + Int(scalar.value - 48))
            position += 1
        }
        return value
    }

    // MARK: Atoms

    /// Nil where something was read that stands for nothing, such as a flag.
    private mutating func atom() throws(NamePattern.Flaw) -> PatternNode? {
        let scalar = text[position]
        switch scalar {
        case "(": return try group()
        case "[": return .characters(try characterClass())
        case "\\": return try escape()
        case ".":
            position += 1
            return .characters(flags.dotTakesNewline ? .all : .allButNewline)
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw flaw("missing argument to repetition operator")
        default:
            position += 1
            return .characters(CharacterSet(scalar, ignoresCase: flags.ignoresCase))
        }
    }

    private mutating func group() throws(NamePattern.Flaw) -> PatternNode? {
        position += 1
        let outer = flags
        if take("?") {
            if take("P<") || (next == "<" && !isLookbehind && take("<")) {
                guard let name = takeText(until: ">"), !name.isEmpty,
                    name.unicodeScalars.allSatisfy(CharacterSet.word.contains)
                else { throw flaw("invalid named capture") }
            } else if try !readFlags() {
                return nil
            }
        }
        depth += 1
        guard depth <= Self.maxDepth else { throw flaw("expression nests too deeply") }
        let node = try alternatives()
        depth -= 1
        guard take(")") else { throw flaw("missing closing )") }
        flags = outer
        // What is repeated must be something, also where nothing is in it.
        return .sequence([node])
    }

    private var isLookbehind: Bool {
        position + 1 < text.count && (text[position + 1] == "=" || text[position + 1] == "!")
    }

    /// Flags up to `:`, which a group follows, or up to `)`: then false.
    private mutating func readFlags() throws(NamePattern.Flaw) -> Bool {
        var isOn = true
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "s": flags.dotTakesNewline = isOn
            case "m": flags.isMultiline = isOn
            case "U": break
            case "-" where isOn: isOn = false
            case ":": return true
            case ")": return false
            default: throw flaw("invalid or unsupported Perl syntax")
            }
        }
        throw flaw("missing closing )")
    }

    private mutating func escape() throws(NamePattern.Flaw) -> PatternNode {
        position += 1
        guard let scalar = next else { throw flaw("trailing backslash at end of expression") }
        switch scalar {
        case "A", "z", "b", "B":
            position += 1
            return .assertion(
                scalar == "A" ? .textStart : scalar == "z" ? .textEnd : scalar == "b" ? .wordBoundary : .noWordBoundary
            )
        default:
            if let (named, isNegated) = try namedClass() {
                var set = CharacterSet(isNegated: isNegated, ignoresCase: flags.ignoresCase)
                named.insert(into: &set, isNegated: false)
                return .characters(set)
            }
            return .characters(CharacterSet(try escapedScalar(), ignoresCase: flags.ignoresCase))
        }
    }

    /// A class that has a name: `\d`, `\pL`.
    private enum NamedClass {
        case set(CharacterSet)
        case category(String)

        func insert(into set: inout CharacterSet, isNegated: Bool) {
            switch self {
            case .set(let other): set.insert(other, isNegated: isNegated)
            case .category(let name): set.insert(category: name, isNegated: isNegated)
            }
        }
    }

    /// After the backslash. Nil, with nothing read, where no class comes.
    private mutating func namedClass() throws(NamePattern.Flaw) -> (NamedClass, isNegated: Bool)? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "d", "D", "w", "W", "s", "S":
            position += 1
            let set: CharacterSet =
                switch scalar {
                case "d", "D": .digit
                case "w", "W": .word
                default: .space
                }
            return (.set(set), isNegated: ("A"..."Z").contains(scalar))
        case "p", "P":
            position += 1
            var name: String?
            if take("{") {
                name = takeText(until: "}")
            } else if let letter = next {
                position += 1
                name = String(Character(letter))
            }
            guard var name else { throw flaw("invalid character class range") }
            var isNegated = scalar == "P"
            if name.hasPrefix("^") {
                isNegated.toggle()
                name.removeFirst()
            }
            guard name.count <= 2, let first = name.first, "LMNPSZC".contains(first) else {
                throw flaw("invalid character class range")
            }
            return (.category(name), isNegated)
        default: return nil
        }
    }

    private mutating func escapedScalar() throws(NamePattern.Flaw) -> Unicode.Scalar {
        guard let scalar = next else { throw flaw("trailing backslash at end of expression") }
        position += 1
        switch scalar {
        case "a": return "\u{7}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{b}"
        case "0":
            var value: UInt32 = 0
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 48
                position += 1
            }
            guard let octal = Unicode.Scalar(value) else { throw flaw("invalid escape sequence") }
            return octal
        case "x":
            var digits = ""
            if take("{") {
                digits = takeText(until: "}") ?? ""
            } else {
                while digits.count < 2, let digit = next {
                    digits.unicodeScalars.append(digit)
                    position += 1
                }
            }
            guard let value = UInt32(digits, radix: 16), let hexadecimal = Unicode.Scalar(value) else {
                throw flaw("invalid escape sequence")
            }
            return hexadecimal
        default:
            // Only signs may be escaped: letters are kept for what they may mean one day, digits refer back.
            guard scalar.isASCII, !CharacterSet.word.contains(scalar) || scalar == "_" else {
                throw flaw("invalid escape sequence")
            }
            return scalar
        }
    }

    // MARK: Classes

    private mutating func characterClass() throws(NamePattern.Flaw) -> CharacterSet {
        position += 1
        var set = CharacterSet(isNegated: take("^"), ignoresCase: flags.ignoresCase)
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            if take("[:") {
                let isNegated = take("^")
                guard let name = takeText(until: ":"), take("]"), let named = CharacterSet.posix(name) else {
                    throw flaw("invalid character class range")
                }
                set.insert(named, isNegated: isNegated)
                continue
            }
            if scalar == "\\" {
                position += 1
                if let (named, isNegated) = try namedClass() {
                    named.insert(into: &set, isNegated: isNegated)
                    continue
                }
                position -= 1
            }
            let lower = try classScalar()
            var upper = lower
            if next == "-", position + 1 < text.count, text[position + 1] != "]" {
                position += 1
                upper = try classScalar()
            }
            guard lower <= upper else { throw flaw("invalid character class range") }
            set.insert(lower...upper)
        }
        guard take("]") else { throw flaw("missing closing ]") }
        return set
    }

    private mutating func classScalar() throws(NamePattern.Flaw) -> Unicode.Scalar {
        guard let scalar = next else { throw flaw("missing closing ]") }
        position += 1
        return scalar == "\\" ? try escapedScalar() : scalar
    }
}
