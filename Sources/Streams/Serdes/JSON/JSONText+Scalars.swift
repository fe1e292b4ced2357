extension JSONText {
    /// The string at `index`. Errors: `DecodingError` of another kind of value, and of bytes that are no text.
    func decodeString(_ index: Int32) throws -> String {
        if let string = string(index) { return string }
        switch items[Int(index)].kind {
        case .string, .escaped: throw corrupted("a string with bytes or escapes that are no text", index)
        default: throw mismatch(String.self, index)
        }
    }

    /// The truth value at `index`.
    func decodeBool(_ index: Int32) throws -> Bool {
        switch items[Int(index)].kind {
        case .true: return true
        case .false: return false
        default: throw mismatch(Bool.self, index)
        }
    }

    /// The whole number at `index`; one with a fraction of zero is whole.
    func decodeInteger<Value: FixedWidthInteger>(_ index: Int32, _ type: Value.Type) throws -> Value {
        let item = items[Int(index)]
        guard item.kind == .number else { throw mismatch(type, index) }
        let digits = slice(item)
        let isNegative = digits[0] == UInt8(ascii: "-")
        var value: Value = 0
        for byte in digits[(isNegative ? 1 : 0)...] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                if let whole = Value(exactly: double(item)) { return whole }
                throw corrupted("a number that is no \(type)", index)
            }
            let digit = Value(truncatingIfNeeded: byte - UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw corrupted("a number beyond \(type)", index) }
            value = sum
        }
        return value
    }

    /// The number at `index`, to the nearest that there is.
    func decodeDouble(_ index: Int32) throws -> Double {
        let item = items[Int(index)]
        guard item.kind == .number else { throw mismatch(Double.self, index) }
        let value = double(item)
        guard value.isFinite else { throw corrupted("a number beyond Double", index) }
        return value
    }

    /// The number at `index`, to the nearest that there is.
    func decodeFloat(_ index: Int32) throws -> Float {
        let item = items[Int(index)]
        guard item.kind == .number else { throw mismatch(Float.self, index) }
        guard let value = Float(String(decoding: slice(item), as: UTF8.self)), value.isFinite else {
            throw corrupted("a number beyond Float", index)
        }
        return value
    }

    /// Up to 15 digits and 22 places are exact in one division or multiplication; the rest is for the standard library.
    private func double(_ item: Item) -> Double {
        var (mantissa, places, digits, isFraction) = (UInt64(0), 0, 0, false)
        for byte in slice(item) {
            switch byte {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < 15:
                mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
                if mantissa > 0 { digits += 1 }
                if isFraction { places += 1 }
            default: return Double(String(decoding: slice(item), as: UTF8.self)) ?? .nan
            }
        }
        guard places <= 22 else { return Double(String(decoding: slice(item), as: UTF8.self)) ?? .nan }
        let value = Double(mantissa) / JSONText.powersOfTen[places]
        return bytes[Int(item.start)] == UInt8(ascii: "-") ? -value : value
    }

    private static let powersOfTen: [Double] = (0...22).map { Double("1e\($0)") ?? 1 }

    // MARK: Errors

    func corrupted(_ description: String, _ index: Int32) -> DecodingError {
        .dataCorrupted(.init(codingPath: path(to: index), debugDescription: description))
    }

    func mismatch(_ type: any Any.Type, _ index: Int32) -> DecodingError {
        let found =
            switch items[Int(index)].kind {
            case .object: "an object"
            case .array: "an array"
            case .string, .escaped: "a string"
            case .number: "a number"
            case .true, .false: "a truth value"
            case .null: "null"
            }
        let context = DecodingError.Context(codingPath: path(to: index), debugDescription: "\(found) for \(type)")
        return items[Int(index)].kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}
