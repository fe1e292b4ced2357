/// One line of the table.
struct Figure {
    var benchmark: String
    var what: String
    /// `ns/record`, `ms`, `MB`.
    var unit: String
    var clock: String
    var ours: Double
    /// Nil where the budget is a number of its own.
    var limit: Double?
    /// The most that `ours` may be: times the limit, or in the unit where there is none. Nil where nothing was promised.
    var budget: Double?

    var ratio: Double? { limit.map { $0 > 0 ? ours / $0 : 0 } }
    /// Figures of many microseconds in that unit.
    var inReadableUnit: Figure {
        guard unit.hasPrefix("ns/"), ours >= 10_000 else { return self }
        var figure = self
        figure.unit = "us/" + unit.dropFirst(3)
        figure.ours = ours / 1000
        figure.limit = limit.map { $0 / 1000 }
        return figure
    }

    var isOver: Bool { budget.map { (ratio ?? ours) > $0 } ?? false }
}

/// Figures as text.
enum Report {
    static func table(_ figures: [Figure]) -> String {
        var rows = [["benchmark", "what", "ours", "limit", "ratio", "budget", "", "unit", "clock"]]
        for figure in figures.map(\.inReadableUnit) {
            rows.append([
                figure.benchmark,
                figure.what,
                figure.ours.formatted(digits: 1),
                figure.limit?.formatted(digits: 1) ?? "",
                figure.ratio?.formatted(digits: 2) ?? "",
                figure.budget?.formatted(digits: 1) ?? "",
                figure.isOver ? "OVER" : "",
                figure.unit,
                figure.clock,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let isNumber = [false, false, true, true, true, true, false, false, false]
        return rows.map { row in
            row.indices.map { row[$0].padded(to: widths[$0], right: isNumber[$0]) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    static func json(_ figures: [Figure]) -> String {
        let rows = figures.map { figure in
            var fields = [
                ("benchmark", quoted(figure.benchmark)), ("what", quoted(figure.what)), ("unit", quoted(figure.unit)),
                ("clock", quoted(figure.clock)), ("ours", figure.ours.formatted(digits: 3)),
            ]
            if let limit = figure.limit { fields.append(("limit", limit.formatted(digits: 3))) }
            if let ratio = figure.ratio { fields.append(("ratio", ratio.formatted(digits: 3))) }
            if let budget = figure.budget { fields.append(("budget", budget.formatted(digits: 3))) }
            fields.append(("over", "\(figure.isOver)"))
            return "  {" + fields.map { "\(quoted($0)): \($1)" }.joined(separator: ", ") + "}"
        }
        return "[\n" + rows.joined(separator: ",\n") + "\n]"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension Double {
    /// With a fixed number of digits after the point.
    func formatted(digits: Int) -> String {
        guard isFinite, magnitude < 1e15 else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((magnitude * scale).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        let fraction = String(rest)
        let padded = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        return (self < 0 && scaled > 0 ? "-" : "") + "\(whole)" + (digits > 0 ? ".\(padded)" : "")
    }
}

extension String {
    /// With spaces up to `width`, in front of it where it stands to the right.
    func padded(to width: Int, right: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - count))
        return right ? spaces + self : self + spaces
    }
}
