extension Duration {
    /// Whole milliseconds; what does not fit becomes the largest or smallest number.
    @usableFromInline
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        if overflows { return seconds > 0 ? .max : .min }
        let (sum, sumOverflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return sumOverflows ? (seconds > 0 ? .max : .min) : sum
    }
}

extension Int64 {
    /// The sum, cut off at the largest and smallest number.
    @inlinable
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, cut off at the largest and smallest number.
    @inlinable
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (other > 0 ? .min : .max) : difference
    }
}
