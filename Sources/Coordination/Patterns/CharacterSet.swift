/// The characters that one place of a regular expression takes.
struct CharacterSet: Sendable {
    private enum Part: Sendable {
        case range(ClosedRange<UInt32>)
        /// General categories of Unicode, by the letters that begin their names: `L`, `Lu`.
        case category(String, isNegated: Bool)
        case set([ClosedRange<UInt32>], isNegated: Bool)
    }

    private var parts: [Part] = []
    private(set) var isNegated = false
    private var ignoresCase = false

    init(isNegated: Bool = false, ignoresCase: Bool = false) {
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
    }

    init(_ scalar: Unicode.Scalar, ignoresCase: Bool) {
        self.init(ignoresCase: ignoresCase)
        insert(scalar...scalar)
    }

    private init(_ ranges: [ClosedRange<Unicode.Scalar>]) {
        for range in ranges { insert(range) }
    }

    static let digit = CharacterSet(["0"..."9"])
    static let word = CharacterSet(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])
    static let space = CharacterSet(["\t"..."\n", "\u{c}"..."\r", " "..." "])
    static let all = CharacterSet(isNegated: true)

    /// Everything but the end of a line.
    static let allButNewline: CharacterSet = {
        var set = CharacterSet(isNegated: true)
        set.insert("\n"..."\n")
        return set
    }()

    /// The classes of POSIX, by the names that stand in `[:…:]`.
    static func posix(_ name: String) -> CharacterSet? {
        switch name {
        case "alnum": CharacterSet(["0"..."9", "A"..."Z", "a"..."z"])
        case "alpha": CharacterSet(["A"..."Z", "a"..."z"])
        case "ascii": CharacterSet(["\0"..."\u{7f}"])
        case "blank": CharacterSet(["\t"..."\t", " "..." "])
        case "cntrl": CharacterSet(["\0"..."\u{1f}", "\u{7f}"..."\u{7f}"])
        case "digit": digit
        case "graph": CharacterSet(["!"..."~"])
        case "lower": CharacterSet(["a"..."z"])
        case "print": CharacterSet([" "..."~"])
        case "punct": CharacterSet(["!"..."/", ":"..."@", "["..."`", "{"..."~"])
        case "space": CharacterSet(["\t"..."\r", " "..." "])
        case "upper": CharacterSet(["A"..."Z"])
        case "word": word
        case "xdigit": CharacterSet(["0"..."9", "A"..."F", "a"..."f"])
        default: nil
        }
    }

    mutating func insert(_ range: ClosedRange<Unicode.Scalar>) {
        parts.append(.range(range.lowerBound.value...range.upperBound.value))
    }

    /// A class within brackets, which may be the opposite of one.
    mutating func insert(_ other: CharacterSet, isNegated: Bool) {
        var ranges: [ClosedRange<UInt32>] = []
        for part in other.parts { if case .range(let range) = part { ranges.append(range) } }
        parts.append(.set(ranges, isNegated: isNegated != other.isNegated))
    }

    mutating func insert(category: String, isNegated: Bool) {
        parts.append(.category(category, isNegated: isNegated))
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isIn = holds(scalar)
        if !isIn, ignoresCase {
            let (lower, upper) = (scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping)
            for mapped in [lower, upper] where mapped.unicodeScalars.count == 1 {
                if let other = mapped.unicodeScalars.first, holds(other) { isIn = true }
            }
        }
        return isIn != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        parts.contains { part in
            switch part {
            case .range(let range): range.contains(scalar.value)
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
            case .category(let name, let isNegated):
                scalar.properties.generalCategory.abbreviation.hasPrefix(name) != isNegated
            }
        }
    }
}

extension Unicode.GeneralCategory {
    /// Unicode's two letters.
    fileprivate var abbreviation: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
