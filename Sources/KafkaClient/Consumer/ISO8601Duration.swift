extension Duration {
    /// Reads `PnDTnHnMnS`, as Java's `Duration.parse` does: each part optional, the seconds with a fraction, a sign
    /// before the whole or before any part. Nil for anything else.
    package init?(iso8601 text: some StringProtocol) {
        var rest = Substring(text.uppercased())
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        guard rest.popFirst() == "P" else { return nil }
        var total = Duration.zero
        var hasPart = false
        var units: [(Character, Int64)] = [("D", 86_400)]
        var isTime = false
        while let first = rest.first {
            if first == "T", !isTime {
                rest.removeFirst()
                guard !rest.isEmpty else { return nil }
                isTime = true
                units = [("H", 3600), ("M", 60), ("S", 1)]
                continue
            }
            let number = rest.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
            rest = rest.dropFirst(number.count)
            guard let unit = rest.popFirst(), let place = units.firstIndex(where: { $0.0 == unit }) else { return nil }
            let seconds = units[place].1
            units.removeFirst(place + 1)
            if let whole = Int64(number) {
                let (product, overflow) = whole.multipliedReportingOverflow(by: seconds)
                guard !overflow, product.magnitude < 1 << 53 else { return nil }
                total += .seconds(product)
            } else if unit == "S", let fraction = Double(String(number)), abs(fraction) < 1e15 {
                total += .seconds(fraction)
            } else {
                return nil
            }
            hasPart = true
        }
        guard hasPart else { return nil }
        self = isNegative ? .zero - total : total
    }

    /// Whole milliseconds, within Int64.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }

    /// Whole milliseconds, within what the wire's int32 holds.
    var wireMilliseconds: Int32 { Int32(clamping: wholeMilliseconds) }
}
