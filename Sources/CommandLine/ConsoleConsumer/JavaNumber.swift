/// Floating-point numbers as Java prints them: `1.0`, `0.001`, `1.0E7`, `NaN`, `-Infinity`.
enum JavaNumber {
    /// As `Double.toString`.
    static func text(_ number: Double) -> String { text("\(number)", number.isNaN, number.isInfinite) }

    /// As `Float.toString`.
    static func text(_ number: Float) -> String { text("\(number)", number.isNaN, number.isInfinite) }

    /// Takes the shortest digits from Swift's text, and sets the point and the exponent where Java does: an exponent
    /// below 10^-3 and from 10^7 on.
    private static func text(_ swift: String, _ isNaN: Bool, _ isInfinite: Bool) -> String {
        let sign = swift.hasPrefix("-") ? "-" : ""
        if isNaN { return "NaN" }
        if isInfinite { return sign + "Infinity" }
        let parts = swift.dropFirst(sign.count).split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count == 2 ? mantissa[1] : ""
        let all = String(mantissa[0]) + fraction
        let digits = String(all.drop { $0 == "0" })
        guard !digits.isEmpty else { return sign + "0.0" }
        /// The power of ten of the first digit.
        let power =
            mantissa[0].count - 1 - (all.count - digits.count) + (parts.count == 2 ? Int(parts[1]) ?? 0 : 0)
        var significant = digits[...]
        while significant.last == "0" { significant.removeLast() }
        return sign + place(significant, power)
    }

    private static func place(_ digits: Substring, _ power: Int) -> String {
        if (0..<7).contains(power) {
            let whole = digits.prefix(power + 1) + String(repeating: "0", count: max(0, power + 1 - digits.count))
            let fraction = digits.dropFirst(power + 1)
            return "\(whole).\(fraction.isEmpty ? "0" : fraction)"
        }
        if (-3..<0).contains(power) {
            return "0." + String(repeating: "0", count: -power - 1) + digits
        }
        let fraction = digits.dropFirst()
        return "\(digits.prefix(1)).\(fraction.isEmpty ? "0" : fraction)E\(power)"
    }
}
