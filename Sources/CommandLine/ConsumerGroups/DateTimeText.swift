import Records

/// A time as `--to-datetime` takes it: `2023-11-14T22:13:25.000`, in UTC, or with `Z`, `+hh` or `+hh:mm` behind it.
enum DateTimeText {
    /// Why a text is no time, in the words of Kafka's tool.
    struct Malformed: Error, Hashable {
        let message: String
    }

    static func timestamp(_ text: String) -> Result<Timestamp, Malformed> {
        var parts = text.split(separator: "T", omittingEmptySubsequences: false)
        while parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.count >= 2 else {
            let message = "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"
            return .failure(Malformed(message: message))
        }
        let hasZone = parts[1].contains { $0 == "+" || $0 == "-" || $0 == "Z" }
        let whole = hasZone ? text : text + "Z"
        guard let time = milliseconds(whole) else {
            return .failure(Malformed(message: "Unparseable date: \"\(whole)\""))
        }
        return .success(Timestamp(time))
    }

    /// Nil where the text has another form, or a number is out of its range.
    private static func milliseconds(_ text: String) -> Int64? {
        var rest = text[...]
        func number(_ range: ClosedRange<Int64>, _ end: Character?) -> Int64? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int64(digits), range.contains(number) else { return nil }
            if let end {
                guard rest.first == end else { return nil }
                rest.removeFirst()
            }
            return number
        }
        guard let year = number(1...9999, "-"), let month = number(1...12, "-"), let day = number(1...31, "T"),
            let hour = number(0...23, ":"), let minute = number(0...59, ":"), let second = number(0...59, "."),
            let fraction = number(0...999, nil), day <= length(ofMonth: month, year), let zone = zone(rest)
        else { return nil }
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - zone
        return (minutes * 60 + second) * 1000 + fraction
    }

    /// How many minutes the zone is ahead of UTC.
    private static func zone(_ text: Substring) -> Int64? {
        if text.first == "Z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let hours = Int64(parts[0]), (0...23).contains(hours) else { return nil }
        guard let minutes = parts.count == 2 ? Int64(parts[1]) : 0, (0...59).contains(minutes) else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar: years begin in March here, so that leap days stand at their
    /// end.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
